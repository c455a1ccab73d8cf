// SPDX-License-Identifier: MIT
// A folder that is removed at the end, with the few things tests put into one.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pedigree::testing {

class TemporaryTree {
 public:
  TemporaryTree() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pedigree-unit-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    root_ = std::filesystem::canonical(pattern);
  }
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;
  ~TemporaryTree() {
    std::error_code error;
    std::filesystem::remove_all(root_, error);
  }
  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    const auto path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary}.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::filesystem::create_symlink(target, root_ / name);
  }

 private:
  std::filesystem::path root_;
};

/// The shortest file that starts as safetensors do.
inline std::string tiny_safetensors() { return std::string("\x02\0\0\0\0\0\0\0", 8) + "{}"; }

}  // namespace pedigree::testing
