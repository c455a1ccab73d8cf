// SPDX-License-Identifier: MIT
// SHA-256 as a stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "pedigree/io/result.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::io {

/// A digest in the making (OpenSSL's implementation, with the processor's SHA instructions where it
/// has them). Not thread-safe.
class Sha256Stream {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void update(std::span<const std::byte> bytes);
  /// The digest of everything so far; the stream then starts anew.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 64 lower-case hexadecimal digits.
std::string hex(const Sha256Stream::Digest& digest);

/// SHA-256 of the stored bytes of one tensor. Errors: READ_CHANGED, READ_FAILED.
Result<Sha256Stream::Digest> sha256_of_tensor(const TensorStore& store, const TensorInfo& tensor);

}  // namespace pedigree::io
