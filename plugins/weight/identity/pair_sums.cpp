// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/pair_sums.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "pedigree/io/convert.hpp"
#include "plugins/weight/identity/tile_kernel.hpp"

namespace pedigree::weight {
namespace {

constexpr double kRounding = 2e-5;  // 256 additions per float lane of a tile

bool is_plain_float(io::Dtype t) {
  return t == io::Dtype::kBF16 || t == io::Dtype::kF16 || t == io::Dtype::kF32 || t == io::Dtype::kF64;
}

bool finite(const TileSums& tile) {
  return std::isfinite(tile.aa) && std::isfinite(tile.bb) && std::isfinite(tile.dd);
}

/// Of sides whose lengths differ eightfold, aa + bb - dd holds little but rounding.
bool lopsided(const TileSums& tile) { return tile.aa > 64 * tile.bb || tile.bb > 64 * tile.aa; }

/// True when the sums alone do not say all, so that add_tile needs the values.
bool needs_values(const TileSums& tile) { return !finite(tile) || lopsided(tile); }

double product_sum(const float* a, const float* b, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// Adds one tile, again in double and without the pairs that are not finite, when its sums overflowed.
void add_tile(const TileSums& tile, const float* a, const float* b, std::size_t count, PairSums& out) {
  out.equal += tile.equal;
  if (finite(tile)) {
    out.pairs += count;
    out.a += tile.a;
    out.b += tile.b;
    out.aa += tile.aa;
    out.bb += tile.bb;
    out.dd += tile.dd;
    out.ab += lopsided(tile) ? product_sum(a, b, count) : (tile.aa + tile.bb - tile.dd) / 2;
    out.abs_d += tile.abs_d;
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double x = a[i], y = b[i];
    if (!std::isfinite(x) || !std::isfinite(y)) {
      ++out.not_finite;
      continue;
    }
    ++out.pairs;
    out.a += x;
    out.b += y;
    out.aa += x * x;
    out.bb += y * y;
    out.dd += (x - y) * (x - y);
    out.ab += x * y;
    out.abs_d += std::fabs(x - y);
  }
}

/// A tile of either side as floats: in place for F32, converted into `buffer` otherwise.
struct Side {
  io::Dtype type;
  const std::byte* bytes;
  std::uint64_t block_elements, block_bytes;
  std::array<float, kTile> buffer{};

  Side(io::Dtype t, std::span<const std::byte> all)
      : type(t),
        bytes(all.data()),
        block_elements(io::dtype_facts(t).block_elements),
        block_bytes(io::dtype_facts(t).block_bytes) {}

  const std::byte* at(std::size_t first) const { return bytes + first / block_elements * block_bytes; }
  const float* floats(std::size_t first, std::size_t count) {
    const std::size_t size = count / block_elements * block_bytes;
    if (type == io::Dtype::kF32)
      std::memcpy(buffer.data(), at(first), size);
    else
      io::convert_to_float(type, {at(first), size}, std::span{buffer}.first(count));
    return buffer.data();
  }
};

std::uint64_t count_equal(Equality how, const float* a, const float* b, std::size_t count) {
  std::uint64_t equal = 0;
  if (how == Equality::kBf16)
    for (std::size_t i = 0; i < count; ++i) equal += io::float_to_bf16(a[i]) == io::float_to_bf16(b[i]) ? 1u : 0u;
  if (how == Equality::kF16)
    for (std::size_t i = 0; i < count; ++i) equal += io::float_to_f16(a[i]) == io::float_to_f16(b[i]) ? 1u : 0u;
  return equal;
}

/// One plain type on both sides, read where it lies.
PairSums sum_in_place(io::Dtype type, std::span<const std::byte> a, std::span<const std::byte> b, std::size_t count) {
  PairSums out;
  Side left{type, a}, right{type, b};
  for (std::size_t first = 0; first < count; first += kTile) {
    const std::size_t size = std::min(kTile, count - first);
    const auto tile = type == io::Dtype::kBF16 ? tile_of_bf16(left.at(first), right.at(first), size)
                                               : tile_of_floats(left.at(first), right.at(first), size);
    const bool values = needs_values(tile);
    add_tile(tile, values ? left.floats(first, size) : nullptr, values ? right.floats(first, size) : nullptr, size,
             out);
  }
  return out;
}

}  // namespace

PairSums& PairSums::operator+=(const PairSums& o) {
  pairs += o.pairs;
  equal += o.equal;
  not_finite += o.not_finite;
  a += o.a;
  b += o.b;
  aa += o.aa;
  bb += o.bb;
  dd += o.dd;
  ab += o.ab;
  abs_d += o.abs_d;
  return *this;
}

double PairSums::equal_fraction() const {
  return total() == 0 ? 0.0 : static_cast<double>(equal) / static_cast<double>(total());
}

double PairSums::cosine() const {
  const double norms = std::sqrt(aa * bb);
  return norms > 0 ? std::clamp(ab / norms, -1.0, 1.0) : 0.0;
}

double PairSums::pearson() const {
  if (pairs < 2) return 0;
  const auto n = static_cast<double>(pairs);
  const double va = aa - a * a / n, vb = bb - b * b / n;
  const double norms = std::sqrt(std::max(va, 0.0) * std::max(vb, 0.0));
  // Below rounding error of the sums a spread is no spread: constant tensors have no correlation.
  if (va <= kRounding * aa || vb <= kRounding * bb || norms <= 0) return 0;
  return std::clamp((ab - a * b / n) / norms, -1.0, 1.0);
}

double PairSums::relative_l2() const { return aa > 0 ? std::sqrt(dd / aa) : 0.0; }

double PairSums::mean_absolute_difference() const { return pairs == 0 ? 0.0 : abs_d / static_cast<double>(pairs); }

Equality equality_of(io::Dtype a, io::Dtype b) {
  if (a == b) return Equality::kBits;
  if (!is_plain_float(a) || !is_plain_float(b)) return Equality::kNone;
  if (a == io::Dtype::kBF16 || b == io::Dtype::kBF16) return Equality::kBf16;
  if (a == io::Dtype::kF16 || b == io::Dtype::kF16) return Equality::kF16;
  return Equality::kBits;  // F64 and F32: both are read as F32
}

PairSums sum_pairs(io::Dtype a_type, std::span<const std::byte> a, io::Dtype b_type, std::span<const std::byte> b,
                   std::size_t count) {
  if (a_type == b_type && (a_type == io::Dtype::kBF16 || a_type == io::Dtype::kF32))
    return sum_in_place(a_type, a, b, count);
  PairSums out;
  Side left{a_type, a}, right{b_type, b};
  const auto how = equality_of(a_type, b_type);
  for (std::size_t first = 0; first < count; first += kTile) {
    const std::size_t size = std::min(kTile, count - first);
    const float* x = left.floats(first, size);
    const float* y = right.floats(first, size);
    auto tile = tile_of_floats(reinterpret_cast<const std::byte*>(x), reinterpret_cast<const std::byte*>(y), size);
    if (how != Equality::kBits) tile.equal = count_equal(how, x, y, size);
    add_tile(tile, x, y, size, out);
  }
  return out;
}

}  // namespace pedigree::weight
