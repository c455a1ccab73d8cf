// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/tile_kernel.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pedigree::weight {
namespace {

constexpr std::size_t kLanes = 16;
using Lanes = std::array<float, kLanes>;

/// The state every path ends in; finish() fixes the order of the last additions.
struct State {
  Lanes a{}, b{}, aa{}, bb{}, dd{}, abs_d{};
  std::uint64_t equal = 0;

  void add(std::size_t lane, float x, float y) {
    const float d = x - y;
    a[lane] += x;
    b[lane] += y;
    aa[lane] = std::fma(x, x, aa[lane]);
    bb[lane] = std::fma(y, y, bb[lane]);
    dd[lane] = std::fma(d, d, dd[lane]);
    abs_d[lane] += std::fabs(d);
    equal += std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y) ? 1u : 0u;
  }
  TileSums finish() const {
    TileSums out;
    out.equal = equal;
    for (std::size_t i = 0; i < kLanes; ++i) {
      out.a += static_cast<double>(a[i]);
      out.b += static_cast<double>(b[i]);
      out.aa += static_cast<double>(aa[i]);
      out.bb += static_cast<double>(bb[i]);
      out.dd += static_cast<double>(dd[i]);
      out.abs_d += static_cast<double>(abs_d[i]);
    }
    return out;
  }
};

float bf16_at(const std::byte* at, std::size_t i) {
  std::uint16_t bits;
  std::memcpy(&bits, at + 2 * i, sizeof bits);
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16u);
}

float float_at(const std::byte* at, std::size_t i) {
  float value;
  std::memcpy(&value, at + 4 * i, sizeof value);
  return value;
}

#if defined(__x86_64__)
#define PEDIGREE_AVX2 [[gnu::target("avx2,fma"), gnu::always_inline]] inline

/// Six accumulators for eight lanes.
struct Eight {
  __m256 a, b, aa, bb, dd, abs_d;
};

PEDIGREE_AVX2 void clear(Eight& s) { s.a = s.b = s.aa = s.bb = s.dd = s.abs_d = _mm256_setzero_ps(); }

PEDIGREE_AVX2 void step(Eight& s, __m256 x, __m256 y) {
  const __m256 d = _mm256_sub_ps(x, y);
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF));
  s.a = _mm256_add_ps(s.a, x);
  s.b = _mm256_add_ps(s.b, y);
  s.aa = _mm256_fmadd_ps(x, x, s.aa);
  s.bb = _mm256_fmadd_ps(y, y, s.bb);
  s.dd = _mm256_fmadd_ps(d, d, s.dd);
  s.abs_d = _mm256_add_ps(s.abs_d, _mm256_and_ps(d, magnitude));
}

/// Puts eight lanes into a State: every second lane from `first`, or eight in a row.
PEDIGREE_AVX2 void store(const Eight& s, State& out, std::size_t first, std::size_t stride) {
  alignas(32) float lanes[8];
  const auto put = [&](__m256 v, Lanes & to) __attribute__((target("avx2,fma"))) {
    _mm256_store_ps(lanes, v);
    for (std::size_t i = 0; i < 8; ++i) to[first + stride * i] = lanes[i];
  };
  put(s.a, out.a);
  put(s.b, out.b);
  put(s.aa, out.aa);
  put(s.bb, out.bb);
  put(s.dd, out.dd);
  put(s.abs_d, out.abs_d);
}

/// Elements 0, 2, 4 ... of sixteen BF16 numbers are the low halves of eight words. Whole groups of
/// sixteen; answers how many elements were added.
PEDIGREE_AVX2 std::size_t bf16_by_eight(const std::byte* a, const std::byte* b, std::size_t count, State& out) {
  const std::size_t whole = count / kLanes * kLanes;
  const __m256i high = _mm256_set1_epi32(static_cast<int>(0xFFFF0000u));
  Eight even, odd;
  clear(even);
  clear(odd);
  __m256i equal = _mm256_setzero_si256();
  for (std::size_t i = 0; i < whole; i += kLanes) {
    const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + 2 * i));
    const __m256i y = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + 2 * i));
    equal = _mm256_sub_epi16(equal, _mm256_cmpeq_epi16(x, y));  // at most 256 per lane and tile
    step(even, _mm256_castsi256_ps(_mm256_slli_epi32(x, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(y, 16)));
    step(odd, _mm256_castsi256_ps(_mm256_and_si256(x, high)), _mm256_castsi256_ps(_mm256_and_si256(y, high)));
  }
  store(even, out, 0, 2);
  store(odd, out, 1, 2);
  alignas(32) std::uint16_t lanes[16];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), equal);
  for (auto n : lanes) out.equal += n;
  return whole;
}

PEDIGREE_AVX2 std::size_t floats_by_eight(const std::byte* a, const std::byte* b, std::size_t count, State& out) {
  const std::size_t whole = count / kLanes * kLanes;
  Eight low, high;
  clear(low);
  clear(high);
  __m256i equal = _mm256_setzero_si256();
  for (std::size_t i = 0; i < whole; i += kLanes) {
    const auto *x = reinterpret_cast<const float*>(a) + i, *y = reinterpret_cast<const float*>(b) + i;
    const __m256 x0 = _mm256_loadu_ps(x), x1 = _mm256_loadu_ps(x + 8);
    const __m256 y0 = _mm256_loadu_ps(y), y1 = _mm256_loadu_ps(y + 8);
    const __m256i same0 = _mm256_cmpeq_epi32(_mm256_castps_si256(x0), _mm256_castps_si256(y0));
    const __m256i same1 = _mm256_cmpeq_epi32(_mm256_castps_si256(x1), _mm256_castps_si256(y1));
    equal = _mm256_sub_epi32(equal, _mm256_add_epi32(same0, same1));
    step(low, x0, y0);
    step(high, x1, y1);
  }
  store(low, out, 0, 1);
  store(high, out, 8, 1);
  alignas(32) std::uint32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), equal);
  for (auto n : lanes) out.equal += n;
  return whole;
}

// The same instructions twice. Twelve accumulators and what else is needed do not fit the sixteen
// registers of AVX2; AVX-512 has thirty-two, of which the halves are used: no wider sums, so the same bits.
[[gnu::target("avx2,fma")]] std::size_t bf16_avx2(const std::byte* a, const std::byte* b, std::size_t count,
                                                  State& out) {
  return bf16_by_eight(a, b, count, out);
}
[[gnu::target("avx2,fma")]] std::size_t floats_avx2(const std::byte* a, const std::byte* b, std::size_t count,
                                                    State& out) {
  return floats_by_eight(a, b, count, out);
}
[[gnu::target("avx2,fma,avx512f,avx512vl")]] std::size_t bf16_avx512(const std::byte* a, const std::byte* b,
                                                                     std::size_t count, State& out) {
  return bf16_by_eight(a, b, count, out);
}
[[gnu::target("avx2,fma,avx512f,avx512vl")]] std::size_t floats_avx512(const std::byte* a, const std::byte* b,
                                                                       std::size_t count, State& out) {
  return floats_by_eight(a, b, count, out);
}

#undef PEDIGREE_AVX2
#endif

std::size_t nothing(const std::byte*, const std::byte*, std::size_t, State&) { return 0; }

using Groups = std::size_t (*)(const std::byte*, const std::byte*, std::size_t, State&);

/// Whole groups by `kGroups`, the rest one by one.
template <Groups kGroups, float (*kAt)(const std::byte*, std::size_t)>
TileSums sum_tile(const std::byte* a, const std::byte* b, std::size_t count) {
  State state;
  for (std::size_t i = kGroups(a, b, count, state); i < count; ++i) state.add(i % kLanes, kAt(a, i), kAt(b, i));
  return state.finish();
}

template <Groups kBf16, Groups kFloats>
constexpr TileLoops loops(std::string_view name) {
  return {name, sum_tile<kBf16, bf16_at>, sum_tile<kFloats, float_at>};
}

std::vector<TileLoops> loops_of_this_processor() {
  std::vector<TileLoops> out = {loops<nothing, nothing>("plain")};
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  if (avx2) out.push_back(loops<bf16_avx2, floats_avx2>("AVX2"));
  if (avx2 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0)
    out.push_back(loops<bf16_avx512, floats_avx512>("AVX-512"));
#endif
  return out;
}

}  // namespace

std::span<const TileLoops> tile_loops() {
  static const std::vector<TileLoops> kLoops = loops_of_this_processor();
  return kLoops;
}

TileSums tile_of_bf16(const std::byte* a, const std::byte* b, std::size_t count) {
  static const auto kLoop = tile_loops().back().bf16;
  return kLoop(a, b, count);
}

TileSums tile_of_floats(const std::byte* a, const std::byte* b, std::size_t count) {
  static const auto kLoop = tile_loops().back().floats;
  return kLoop(a, b, count);
}

}  // namespace pedigree::weight
