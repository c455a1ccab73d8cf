// SPDX-License-Identifier: MIT
// W3, the cheapest screen: are rows at the same index more alike than rows at any two indices?
#pragma once

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// T = mean_i cos(a_i, b_i) - mean_ij cos(a_i, b_j). Under exchangeable rows of one side (preconditions of
/// W2) T is a linear statistic of a uniform permutation: its variance is Hoeffding's (1951), its tail obeys
/// Chatterjee's bound (2007) P(|X - EX| >= t) <= 2 exp(-t^2 / (4 EX + 2t)) for entries in [0, 1].
struct DiagonalMean {
  double mean = 0;     ///< T
  double z = 0;        ///< T over its standard deviation: a normal approximation, shown and never used as p
  double log10_p = 0;  ///< exact bound on |X - EX|, X the sum of (1 + cos) / 2 over the diagonal
  bool valid = false;
};

/// Rows of length one (zero rows are left out), equal shapes, at least 8 rows alive on both sides. The mean
/// over all pairs is a product of two sums, the variance takes `sampled` evenly spaced rows: O(h d + sampled^2 d).
DiagonalMean diagonal_mean(const Matrix& a, const Matrix& b, Index sampled = 128);

}  // namespace pedigree::weight
