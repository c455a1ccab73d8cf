// SPDX-License-Identifier: MIT
#include "tests/lineage/baselines.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::lineage {
namespace {
namespace fs = std::filesystem;

/// A model's tensors as floats, by name; these models are a few megabytes.
class Tensors {
 public:
  explicit Tensors(const fs::path& folder) {
    std::vector<Artifact> artifacts;
    std::vector<int> open_files;
    std::deque<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
      const std::string& name = names.back();
      if (!name.ends_with(".safetensors")) continue;
      open_files.push_back(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
      artifacts.push_back({"model", io::role::kWeights, name, open_files.back(), {}});
    }
    if (auto store = io::TensorStore::open(artifacts); store.ok())
      for (const auto& tensor : store->tensors()) read(*store, tensor);
    for (const int fd : open_files) ::close(fd);
  }
  const std::map<std::string, std::vector<float>>& all() const { return values_; }

 private:
  void read(const io::TensorStore& store, const io::TensorInfo& tensor) {
    std::vector<float> values(tensor.elements);
    if (store.read_floats(tensor, 0, values).ok()) values_.emplace(tensor.name, std::move(values));
  }
  std::map<std::string, std::vector<float>> values_;
};

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

bool is_gain(const std::string& name) {
  return name.find("norm") != std::string::npos || name.find("ln_") != std::string::npos;
}

}  // namespace

Baselines baselines(const fs::path& zoo, const std::vector<Pair>& pairs) {
  std::map<std::string, std::unique_ptr<Tensors>> cache;
  auto tensors = [&](const std::string& name) -> const Tensors& {
    auto& slot = cache[name];
    if (!slot) slot = std::make_unique<Tensors>(zoo / "models" / name);
    return *slot;
  };
  Baselines out;
  for (const auto& pair : pairs) {
    const auto &a = tensors(pair.model).all(), &b = tensors(pair.base).all();
    double raw = 0, raws = 0, gain = 0, gains = 0;
    for (const auto& [name, values] : a) {
      const auto other = b.find(name);
      if (other == b.end() || other->second.size() != values.size()) continue;
      const double c = cosine(values, other->second);
      if (is_gain(name)) {
        gain += c;
        gains += 1;
      } else {
        raw += c;
        raws += 1;
      }
    }
    out.raw_cosine.push_back(raws > 0 ? raw / raws : 0);
    out.gain_cosine.push_back(gains > 0 ? gain / gains : 0);
  }
  return out;
}

}  // namespace pedigree::lineage
