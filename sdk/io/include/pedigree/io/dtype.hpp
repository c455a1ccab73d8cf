// SPDX-License-Identifier: MIT
// Element types of safetensors and block types of GGUF: names, sizes, and whether values can be compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pedigree::io {

/// Every storage type the readers know. Types of safetensors first, then those only GGUF has.
/// kOpaque is a type nobody here can size: its tensor has bytes but no elements.
enum class Dtype : std::uint8_t {
  kBool,
  kF4,
  kF6E2M3,
  kF6E3M2,
  kU8,
  kI8,
  kF8E5M2,
  kF8E4M3,
  kF8E8M0,
  kF8E4M3Fnuz,
  kF8E5M2Fnuz,
  kI16,
  kU16,
  kF16,
  kBF16,
  kI32,
  kU32,
  kF32,
  kC64,
  kF64,
  kI64,
  kU64,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ8_0,
  kQ8_1,
  kQ2K,
  kQ3K,
  kQ4K,
  kQ5K,
  kQ6K,
  kQ8K,
  kIq2Xxs,
  kIq2Xs,
  kIq3Xxs,
  kIq1S,
  kIq4Nl,
  kIq3S,
  kIq2S,
  kIq4Xs,
  kIq1M,
  kTq1_0,
  kTq2_0,
  kMxfp4,
  kNvfp4,
  kQ1_0,
  kQ2_0,
  kOpaque,
};

/// A type stores `block_bytes` for every `block_elements`; plain types have blocks of one element.
struct DtypeFacts {
  Dtype dtype;
  std::string_view name;         ///< as the specification writes it: "BF16", "F8_E4M3", "Q4_K"
  std::uint32_t block_elements;  ///< 0 for kOpaque
  std::uint32_t block_bytes;
  bool comparable;   ///< false: bytes can be hashed, values cannot be read
  int gguf_id = -1;  ///< number in GGUF, -1 when the type is not stored there
};

/// Facts of a type. Pure, thread-safe.
const DtypeFacts& dtype_facts(Dtype dtype);
inline std::string_view dtype_name(Dtype dtype) { return dtype_facts(dtype).name; }
inline bool is_comparable(Dtype dtype) { return dtype_facts(dtype).comparable; }
/// The safetensors type of that name; nothing when the specification has no such name.
std::optional<Dtype> safetensors_dtype(std::string_view name);
/// The GGUF type of that number; nothing for removed and unknown numbers.
std::optional<Dtype> gguf_dtype(std::uint32_t id);
/// Bytes of `elements` elements; nothing when they do not fill whole blocks or 64 bits overflow.
std::optional<std::uint64_t> dtype_bytes(Dtype dtype, std::uint64_t elements);

}  // namespace pedigree::io
