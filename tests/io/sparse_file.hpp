// SPDX-License-Identifier: MIT
// Files that are larger than what may be held, and take no room on the disk.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "pedigree/io/byte_source.hpp"

namespace pedigree::io {

/// A sparse file: `head`, a hole of `hole` bytes, `tail`.
inline std::filesystem::path sparse(const std::filesystem::path& folder, std::string_view head, std::uint64_t hole,
                                    std::string_view tail) {
  const auto path = folder / "huge.log";
  std::ofstream out{path, std::ios::binary};
  out.write(head.data(), static_cast<std::streamsize>(head.size()));
  out.seekp(static_cast<std::streamoff>(hole), std::ios::cur);
  out.write(tail.data(), static_cast<std::streamsize>(tail.size()));
  return path;
}

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ByteSource source() const { return *ByteSource::open("huge.log", fd_); }

 private:
  int fd_;
};

}  // namespace pedigree::io
