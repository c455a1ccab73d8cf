// SPDX-License-Identifier: MIT
// How a matrix is stored, seen from its values alone: zeros, few different values, values on a grid of equal steps.
// Rounding to 8 bits and writing the product back leaves every value at a whole number of steps; training does not.
#pragma once

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

struct ValueGrid {
  bool found = false;
  Index group = 0;      ///< neighbours that share a step; 0: a whole row
  double residual = 0;  ///< rms distance to the nearest step, in steps; 1/sqrt(12) = 0.289 for values on no grid
  double rounding = 0;  ///< rms rounding error of such a step, relative to the values
};

struct ValueTexture {
  double zero_share = 0;        ///< exact zeros
  double distinct_per_32 = 1;   ///< different values in groups of 32 neighbours, as a share; zeros left out
  double distinct_per_row = 1;  ///< the same in a row (its first 512 values)
  ValueGrid grid;
};

/// Steps tried: largest value / 127 (symmetric 8-bit rounding) and the smallest gap, per row and per 128, 64 and 32
/// neighbours; at most 160 steps to the largest value. O(n log n).
ValueGrid value_grid(const Matrix& rows);

ValueTexture texture_of(const Matrix& rows);

}  // namespace pedigree::weight
