// SPDX-License-Identifier: MIT
// Everything one pass over two stored tensors can say about them, element by element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pedigree/io/dtype.hpp"

namespace pedigree::weight {

/// Sums over aligned pairs (a, b) with both values finite. Sums over parts add up to the sums over
/// the whole.
struct PairSums {
  std::uint64_t pairs = 0;       ///< finite pairs
  std::uint64_t equal = 0;       ///< pairs with equal bits (of all, not only of the finite ones)
  std::uint64_t not_finite = 0;  ///< pairs left out: NaN or infinity on either side
  double a = 0, b = 0;           ///< sums of values
  double aa = 0, bb = 0;         ///< sums of squares
  double dd = 0;                 ///< sum of (a - b)^2
  double ab = 0;                 ///< sum of a b: (aa + bb - dd) / 2 of tiles of like length, else added up by itself
  double abs_d = 0;              ///< sum of |a - b|

  PairSums& operator+=(const PairSums& other);

  std::uint64_t total() const { return pairs + not_finite; }
  double equal_fraction() const;
  /// Cosine of the two tensors as vectors; 0 when one is zero.
  double cosine() const;
  /// Pearson correlation of the values: the cosine after each tensor's own mean is taken off.
  double pearson() const;
  double relative_l2() const;  ///< |a - b| / |a|
  double mean_absolute_difference() const;
};

/// How equality is judged: in the coarser of the two types.
enum class Equality : std::uint8_t {
  kBits,  ///< one type on both sides
  kBf16,  ///< after rounding both to BF16
  kF16,   ///< after rounding both to F16
  kNone,  ///< a quantised type against another type: values are close, never equal
};
Equality equality_of(io::Dtype a, io::Dtype b);

/// Elements per tile: sums are formed in float inside a tile and in double over tiles. `first` of a
/// part must be a multiple of it, so that the numbers do not depend on how a tensor is cut.
inline constexpr std::size_t kTile = 4096;

/// Sums over `count` elements stored in two comparable types. Sixteen float lanes by element index
/// modulo 16, added up in that order: the same bits on every machine. Thread-safe.
PairSums sum_pairs(io::Dtype a_type, std::span<const std::byte> a, io::Dtype b_type, std::span<const std::byte> b,
                   std::size_t count);

}  // namespace pedigree::weight
