// SPDX-License-Identifier: MIT
// A folder of files as the artifacts a worker would get, and the tensor store over them.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::testing {

/// Opens every file below a folder; the descriptors close with this object.
class OpenFolder {
 public:
  explicit OpenFolder(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      Artifact artifact;
      artifact.model = "model";
      artifact.name = names_.emplace_back(std::filesystem::relative(file, folder).string());
      artifact.fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
      char head[4096];
      const auto got = ::pread(artifact.fd, head, sizeof head, 0);
      artifact.role = io::role_of(artifact.name, {head, static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
      artifacts_.push_back(artifact);
    }
  }
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;
  ~OpenFolder() {
    for (const auto& a : artifacts_) ::close(a.fd);
  }

  std::vector<Artifact>& artifacts() { return artifacts_; }
  io::Result<io::TensorStore> store() const { return io::TensorStore::open(artifacts_); }

 private:
  std::deque<std::string> names_;
  std::vector<Artifact> artifacts_;
};

}  // namespace pedigree::testing
