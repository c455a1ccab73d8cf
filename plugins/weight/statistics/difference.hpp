// SPDX-License-Identifier: MIT
// What was added to an inherited matrix: the rank of the difference tells LoRA from full training.
#pragma once

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

struct Difference {
  double relative_norm = 0;  ///< |A - cB| / |cB|, c the regression coefficient
  double rank_share = 1;     ///< directions that hold 90 % of the difference's energy / all directions
  std::size_t rank = 0;      ///< that number of directions
  bool valid = false;
};

/// Same shape, same basis, same row order. Sides above `largest` are thinned. O(n^2 m + n^3).
Difference difference_of(const Matrix& subject, const Matrix& reference, Index largest = 384);

/// How a matrix is stored, seen from its values alone.
struct ValueTexture {
  double zero_share = 0;        ///< exact zeros
  double distinct_per_32 = 0;   ///< different values in groups of 32 neighbours, as a share of 32
  double distinct_per_row = 0;  ///< different values in a row, as a share of its length (512 at most)
};
ValueTexture texture_of(const Matrix& rows);

}  // namespace pedigree::weight
