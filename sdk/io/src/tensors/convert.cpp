// SPDX-License-Identifier: MIT
// The fast path: vector loops where a type has them, tables of 256 floats for 8-bit types.
#include "pedigree/io/convert.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "small_floats.hpp"

namespace pedigree::io {
namespace {

using Table = std::array<float, 256>;

template <float (*kDecode)(std::uint8_t)>
const Table& table_of() {
  static const Table table = [] {
    Table t{};
    for (unsigned i = 0; i < t.size(); ++i) t[i] = kDecode(static_cast<std::uint8_t>(i));
    return t;
  }();
  return table;
}

void by_table(const Table& table, std::span<const std::byte> in, std::span<float> out) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(in.data());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = table[bytes[i]];
}

#if defined(__x86_64__)

/// AVX2 as the system allows it, and F16C, which clang cannot ask for by name.
bool has_avx2() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __builtin_cpu_supports("avx2") != 0 && __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}

/// Whole groups of eight; returns how many elements were done.
[[gnu::target("avx2")]] std::size_t bf16_avx2(const std::byte* in, float* out, std::size_t count) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 2 * i));
    const __m256i wide = _mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), wide);
  }
  return i;
}

[[gnu::target("avx2,f16c")]] std::size_t f16_avx2(const std::byte* in, float* out, std::size_t count) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm256_storeu_ps(out + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 2 * i))));
  return i;
}

std::size_t half_floats(Dtype dtype, std::span<const std::byte> in, std::span<float> out) {
  static const bool kVector = has_avx2();
  if (!kVector) return 0;
  return dtype == Dtype::kBF16 ? bf16_avx2(in.data(), out.data(), out.size())
                               : f16_avx2(in.data(), out.data(), out.size());
}

#else

std::size_t half_floats(Dtype, std::span<const std::byte>, std::span<float>) { return 0; }

#endif

}  // namespace

bool convert_to_float(Dtype dtype, std::span<const std::byte> in, std::span<float> out) {
  const auto bytes = dtype_bytes(dtype, out.size());
  if (!is_comparable(dtype) || !bytes || *bytes != in.size()) return false;
  switch (dtype) {
    case Dtype::kBF16:
    case Dtype::kF16: {
      const std::size_t done = half_floats(dtype, in, out);
      return convert_to_float_scalar(dtype, in.subspan(2 * done), out.subspan(done));
    }
    case Dtype::kF8E4M3:
      by_table(table_of<small::e4m3>(), in, out);
      return true;
    case Dtype::kF8E5M2:
      by_table(table_of<small::e5m2>(), in, out);
      return true;
    case Dtype::kF8E8M0:
      by_table(table_of<small::e8m0>(), in, out);
      return true;
    case Dtype::kF8E4M3Fnuz:
      by_table(table_of<small::e4m3fnuz>(), in, out);
      return true;
    case Dtype::kF8E5M2Fnuz:
      by_table(table_of<small::e5m2fnuz>(), in, out);
      return true;
    default:
      if (dtype_facts(dtype).block_elements > 2) return small::dequantise(dtype, small::Speed::kWidest, in, out);
      return convert_to_float_scalar(dtype, in, out);
  }
}

}  // namespace pedigree::io
