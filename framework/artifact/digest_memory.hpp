// SPDX-License-Identifier: MIT
// SHA-256 of files, remembered so that a 100 GB shard is read once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "framework/core/diagnostic.hpp"
#include "framework/core/digest.hpp"

namespace pedigree::artifact {

struct Digest {
  std::string sha256;
  std::uint64_t bytes = 0;
  bool remembered = false;  ///< taken from the memory, the file was not read
};

/// Digests of files, remembered by (device, inode, size, mtime, ctime) in one file of lines. A
/// memory that cannot be read or written is simply empty. Thread-safe.
class DigestMemory {
 public:
  /// `file` may be empty: nothing is kept then. With `rehash` old entries are not used.
  explicit DigestMemory(std::filesystem::path file, bool rehash = false);
  /// Reads the file unless it is remembered. Errors: ARTIFACT_UNREADABLE, READ_CHANGED (the file
  /// changed while it was read), INTERRUPTED (the watch said no).
  Result<Digest> of(const std::filesystem::path& path, const HashWatch& watch = {});
  /// Bytes that `of` would read now: 0 for a remembered file and for one that cannot be looked at.
  std::uint64_t unread_bytes(const std::filesystem::path& path);

 private:
  void remember(const std::string& key, const std::string& digest);

  std::filesystem::path file_;
  bool rehash_;
  std::mutex mutex_;
  std::map<std::string, std::string> known_;  ///< identity -> sha256
};

}  // namespace pedigree::artifact
