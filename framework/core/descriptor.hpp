// SPDX-License-Identifier: MIT
// An open file descriptor with one owner, and how untrusted paths are opened and read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

#include "pedigree/io/result.hpp"

namespace pedigree {

/// Owns one descriptor and closes it; -1 is "none".
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }
  int release() { return std::exchange(descriptor_, -1); }
  void reset();

 private:
  int descriptor_ = -1;
};

enum class Links { follow, refuse };  ///< whether the last component of a path may be a symbolic link

/// Opens for reading, close-on-exec. Never blocks: a pipe, device or folder is refused.
/// Errors: OPEN_FAILED, NOT_A_FILE.
io::Result<Descriptor> open_regular_file(const std::filesystem::path& file, Links links = Links::follow);

/// Everything behind an open regular file, from offset 0; the descriptor's position does not move. `name` is for
/// messages. Errors: FILE_TOO_LARGE (more than `limit` bytes), READ_FAILED.
io::Result<std::string> read_all(const Descriptor& opened, const std::string& name, std::size_t limit);

/// The bytes of a regular file. Errors: OPEN_FAILED, NOT_A_FILE, FILE_TOO_LARGE (more than `limit` bytes), READ_FAILED.
io::Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit, Links links = Links::follow);

}  // namespace pedigree
