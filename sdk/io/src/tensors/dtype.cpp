// SPDX-License-Identifier: MIT
#include "pedigree/io/dtype.hpp"

#include <array>
#include <cstddef>

namespace pedigree::io {
namespace {

// Sizes: safetensors/src/tensor.rs (bits per element), ggml-common.h (structs of the blocks).
// F6 has no published packing order and C64 is not one number: both stay hashable only. The other
// non-comparable types need tables of ggml that are not carried here.
constexpr std::array kFacts = {
    DtypeFacts{Dtype::kBool, "BOOL", 1, 1, true},
    DtypeFacts{Dtype::kF4, "F4", 2, 1, true},
    DtypeFacts{Dtype::kF6E2M3, "F6_E2M3", 4, 3, false},
    DtypeFacts{Dtype::kF6E3M2, "F6_E3M2", 4, 3, false},
    DtypeFacts{Dtype::kU8, "U8", 1, 1, true},
    DtypeFacts{Dtype::kI8, "I8", 1, 1, true, 24},
    DtypeFacts{Dtype::kF8E5M2, "F8_E5M2", 1, 1, true},
    DtypeFacts{Dtype::kF8E4M3, "F8_E4M3", 1, 1, true},
    DtypeFacts{Dtype::kF8E8M0, "F8_E8M0", 1, 1, true},
    DtypeFacts{Dtype::kF8E4M3Fnuz, "F8_E4M3FNUZ", 1, 1, true},
    DtypeFacts{Dtype::kF8E5M2Fnuz, "F8_E5M2FNUZ", 1, 1, true},
    DtypeFacts{Dtype::kI16, "I16", 1, 2, true, 25},
    DtypeFacts{Dtype::kU16, "U16", 1, 2, true},
    DtypeFacts{Dtype::kF16, "F16", 1, 2, true, 1},
    DtypeFacts{Dtype::kBF16, "BF16", 1, 2, true, 30},
    DtypeFacts{Dtype::kI32, "I32", 1, 4, true, 26},
    DtypeFacts{Dtype::kU32, "U32", 1, 4, true},
    DtypeFacts{Dtype::kF32, "F32", 1, 4, true, 0},
    DtypeFacts{Dtype::kC64, "C64", 1, 8, false},
    DtypeFacts{Dtype::kF64, "F64", 1, 8, true, 28},
    DtypeFacts{Dtype::kI64, "I64", 1, 8, true, 27},
    DtypeFacts{Dtype::kU64, "U64", 1, 8, true},
    DtypeFacts{Dtype::kQ4_0, "Q4_0", 32, 18, true, 2},
    DtypeFacts{Dtype::kQ4_1, "Q4_1", 32, 20, true, 3},
    DtypeFacts{Dtype::kQ5_0, "Q5_0", 32, 22, true, 6},
    DtypeFacts{Dtype::kQ5_1, "Q5_1", 32, 24, true, 7},
    DtypeFacts{Dtype::kQ8_0, "Q8_0", 32, 34, true, 8},
    DtypeFacts{Dtype::kQ8_1, "Q8_1", 32, 36, false, 9},
    DtypeFacts{Dtype::kQ2K, "Q2_K", 256, 84, true, 10},
    DtypeFacts{Dtype::kQ3K, "Q3_K", 256, 110, true, 11},
    DtypeFacts{Dtype::kQ4K, "Q4_K", 256, 144, true, 12},
    DtypeFacts{Dtype::kQ5K, "Q5_K", 256, 176, true, 13},
    DtypeFacts{Dtype::kQ6K, "Q6_K", 256, 210, true, 14},
    DtypeFacts{Dtype::kQ8K, "Q8_K", 256, 292, false, 15},
    DtypeFacts{Dtype::kIq2Xxs, "IQ2_XXS", 256, 66, false, 16},
    DtypeFacts{Dtype::kIq2Xs, "IQ2_XS", 256, 74, false, 17},
    DtypeFacts{Dtype::kIq3Xxs, "IQ3_XXS", 256, 98, false, 18},
    DtypeFacts{Dtype::kIq1S, "IQ1_S", 256, 50, false, 19},
    DtypeFacts{Dtype::kIq4Nl, "IQ4_NL", 32, 18, true, 20},
    DtypeFacts{Dtype::kIq3S, "IQ3_S", 256, 110, false, 21},
    DtypeFacts{Dtype::kIq2S, "IQ2_S", 256, 82, false, 22},
    DtypeFacts{Dtype::kIq4Xs, "IQ4_XS", 256, 136, true, 23},
    DtypeFacts{Dtype::kIq1M, "IQ1_M", 256, 56, false, 29},
    DtypeFacts{Dtype::kTq1_0, "TQ1_0", 256, 54, false, 34},
    DtypeFacts{Dtype::kTq2_0, "TQ2_0", 256, 66, false, 35},
    DtypeFacts{Dtype::kMxfp4, "MXFP4", 32, 17, true, 39},
    DtypeFacts{Dtype::kNvfp4, "NVFP4", 64, 36, false, 40},
    DtypeFacts{Dtype::kQ1_0, "Q1_0", 128, 18, false, 41},
    DtypeFacts{Dtype::kQ2_0, "Q2_0", 64, 18, false, 42},
    DtypeFacts{Dtype::kOpaque, "opaque", 0, 0, false},
};

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < kFacts.size(); ++i)
    if (static_cast<std::size_t>(kFacts[i].dtype) != i) return false;
  return kFacts.size() == static_cast<std::size_t>(Dtype::kOpaque) + 1;
}
static_assert(in_enum_order());

}  // namespace

const DtypeFacts& dtype_facts(Dtype dtype) { return kFacts[static_cast<std::size_t>(dtype)]; }

std::optional<Dtype> safetensors_dtype(std::string_view name) {
  for (const auto& facts : kFacts) {
    if (facts.dtype == Dtype::kQ4_0) break;
    if (facts.name == name) return facts.dtype;
  }
  return std::nullopt;
}

std::optional<Dtype> gguf_dtype(std::uint32_t id) {
  for (const auto& facts : kFacts)
    if (facts.gguf_id >= 0 && static_cast<std::uint32_t>(facts.gguf_id) == id) return facts.dtype;
  return std::nullopt;
}

std::optional<std::uint64_t> dtype_bytes(Dtype dtype, std::uint64_t elements) {
  const auto& facts = dtype_facts(dtype);
  if (facts.block_elements == 0 || elements % facts.block_elements != 0) return std::nullopt;
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(elements / facts.block_elements, std::uint64_t{facts.block_bytes}, &bytes))
    return std::nullopt;
  return bytes;
}

}  // namespace pedigree::io
