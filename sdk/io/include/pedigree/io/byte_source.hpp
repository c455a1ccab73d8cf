// SPDX-License-Identifier: MIT
// Bytes of one artifact, read by position; a file that changes while it is read is an error, not a signal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "pedigree/io/result.hpp"

namespace pedigree {
inline namespace sdk_v1 {
struct Artifact;
}
}  // namespace pedigree

namespace pedigree::io {

/// Reads with pread on a descriptor it does not own, or from memory it does not own. Thread-safe.
class ByteSource {
 public:
  /// Bytes in memory.
  ByteSource(std::string name, std::span<const std::byte> bytes);
  /// An open file. Errors: READ_NOT_A_FILE (a pipe, device or folder), READ_FAILED.
  static Result<ByteSource> open(std::string name, int fd);
  /// The artifact's descriptor when it has one, else its bytes.
  static Result<ByteSource> open(const Artifact& artifact);

  const std::string& name() const { return name_; }
  std::uint64_t size() const { return size_; }  ///< when opened

  /// Fills `out` with the bytes at `offset`. Errors: READ_RANGE (outside the file as opened),
  /// READ_CHANGED (the file became shorter), READ_FAILED.
  Status read(std::uint64_t offset, std::span<std::byte> out) const;
  /// READ_CHANGED when size or modification time differ from those at opening. Call after a long read.
  Status unchanged() const;

 private:
  std::string name_;
  int fd_ = -1;
  const std::byte* memory_ = nullptr;
  std::uint64_t size_ = 0;
  std::int64_t modified_seconds_ = 0, modified_nanoseconds_ = 0;
};

}  // namespace pedigree::io
