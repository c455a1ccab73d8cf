// SPDX-License-Identifier: MIT
// W11: what the subject kept of what the reference learned (leading singular directions) against
// what the reference merely was initialised with (the bulk).
#pragma once

#include <vector>

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// For an aligned pair, B = U S V^T the reference: d_i = u_i^T A v_i / s_i.
struct InheritanceSpectrum {
  double top = 0;             ///< mean d over the leading 5 % of directions (three at least)
  double bulk = 0;            ///< mean d over the lower half, directions below 1e-3 of the largest left out
  double cosine = 0;          ///< <A, B> / (|A| |B|)
  double coefficient = 0;     ///< <A, B> / <B, B>: weight of the reference in a merge
  std::vector<double> curve;  ///< d averaged in up to 32 groups, leading directions first
  bool valid = false;
};

/// Both matrices of one shape, in one basis, rows in one order. Sides above `largest` are thinned
/// evenly (a submatrix of a multiple is the same multiple). Cost O(n^2 m + n^3), n the smaller side.
InheritanceSpectrum inheritance_spectrum(const Matrix& subject, const Matrix& reference, Index largest = 384);

/// Median; 0 when empty.
double median(std::vector<double> values);

}  // namespace pedigree::weight
