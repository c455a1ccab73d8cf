// SPDX-License-Identifier: MIT
// SHA-256 of bytes, descriptors and files, as 64 lower-case hexadecimal digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pedigree/io/result.hpp"

namespace pedigree {

/// A digest in the making. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text) { update(std::as_bytes(std::span{text})); }
  /// The 64 digits; the object is spent afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

/// Told how many bytes were just read; false stops the reading. May be empty.
using HashWatch = std::function<bool(std::uint64_t bytes)>;

/// Digest of everything behind an open regular file, read with pread from offset 0 (the descriptor's own position does
/// not move). `name` is for the message. Errors: READ_FAILED, INTERRUPTED (the watch said no).
io::Result<std::string> sha256_of_descriptor(int descriptor, const std::string& name, const HashWatch& watch = {});

/// Error: OPEN_FAILED, NOT_A_FILE (folders, devices and pipes are refused without blocking), READ_FAILED.
io::Result<std::string> sha256_of_file(const std::filesystem::path& file);

}  // namespace pedigree
