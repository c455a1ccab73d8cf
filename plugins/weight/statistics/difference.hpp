// SPDX-License-Identifier: MIT
// What was added to an inherited matrix: the rank of the difference tells LoRA from full training.
#pragma once

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// A relative change up to here is the rounding of BF16, once on either side: 2^-9 of a value at most, about 2^-10 in
/// the mean square, more where gains were folded in before.
inline constexpr double kRounding = 0.004;

struct Difference {
  double relative_norm = 0;  ///< |A - cB| / |cB|, c the regression coefficient
  double rank_share = 1;     ///< directions that hold 90 % of the difference's energy / all directions
  std::size_t rank = 0;      ///< that number of directions
  bool valid = false;
};

/// Same shape, same basis, same row order. Sides above `largest` are thinned. O(n^2 m + n^3).
Difference difference_of(const Matrix& subject, const Matrix& reference, Index largest = 384);

/// Its relative_norm alone, without any decomposition; 0 when the sides cannot be compared.
double relative_change(const Matrix& subject, const Matrix& reference);

}  // namespace pedigree::weight
