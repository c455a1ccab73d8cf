// SPDX-License-Identifier: MIT
#include "tests/lineage/named_tensors.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <deque>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::lineage {
namespace fs = std::filesystem;

std::map<std::string, NamedTensor> read_tensors(const fs::path& model) {
  std::vector<fs::path> files;
  if (fs::is_directory(model)) {
    for (const auto& entry : fs::directory_iterator(model)) files.push_back(entry.path());
  } else {
    files.push_back(model);
  }
  std::vector<Artifact> artifacts;
  std::vector<int> descriptors;
  std::deque<std::string> names;
  for (const auto& file : files) {
    if (file.extension() != ".safetensors" && file.extension() != ".gguf") continue;
    names.push_back(file.filename().string());
    descriptors.push_back(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    artifacts.push_back({"model", io::role::kWeights, names.back(), descriptors.back(), {}});
  }
  std::map<std::string, NamedTensor> out;
  if (auto store = io::TensorStore::open(artifacts); store.ok())
    for (const auto& tensor : store->tensors()) {
      NamedTensor t;
      t.values.resize(tensor.elements);
      if (!store->read_floats(tensor, 0, t.values).ok()) continue;
      t.columns = tensor.shape.empty() ? 1 : static_cast<std::size_t>(tensor.shape.back());
      t.rows = t.columns == 0 ? 0 : t.values.size() / t.columns;
      out.emplace(tensor.name, std::move(t));
    }
  for (const int fd : descriptors) ::close(fd);
  return out;
}

bool is_gain(const std::string& name) {
  return name.find("norm") != std::string::npos || name.find("ln_") != std::string::npos;
}

}  // namespace pedigree::lineage
