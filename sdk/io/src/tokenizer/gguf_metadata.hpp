// SPDX-License-Identifier: MIT
// The key-value part of a GGUF file (ggml docs/gguf.md), as views into it: only what a tokenizer needs.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parts.hpp"

namespace pedigree::io {

enum class GgufType : std::uint32_t {
  kU8,
  kI8,
  kU16,
  kI16,
  kU32,
  kI32,
  kF32,
  kBool,
  kString,
  kArray,
  kU64,
  kI64,
  kF64
};

/// A value, undecoded: `raw` holds its bytes; for arrays the elements' bytes, one after the other.
struct GgufValue {
  std::string_view key;
  GgufType type{};  ///< of the elements when `is_array`
  bool is_array = false;
  std::uint64_t count = 1;  ///< elements
  std::string_view raw;

  /// Elements of an array of strings (views into the file).
  std::vector<std::string_view> strings() const;
  /// A scalar string, empty for other types.
  std::string_view string() const;
};

/// Walks the header. Stops at the first key for which `keep` is false only by skipping it.
/// Errors: GGUF_MAGIC, GGUF_VERSION, GGUF_COUNT, GGUF_LEN, GGUF_TYPE.
Result<std::vector<GgufValue>> read_gguf_values(std::string_view file, std::string_view bytes);

}  // namespace pedigree::io
