// SPDX-License-Identifier: MIT
// W10: measures other tools decide by. Shown beside the tests as context; they have no null and decide nothing.
#pragma once

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// Unbiased linear CKA over residual axes (AWM: Zeng et al. 2510.06738): K = W^T W, L likewise, diagonals out, centred
/// as Song et al. (2012). Blind to what orders or turns the rows; falls to 0 when the axes were turned. Wider matrices
/// are thinned to `widest` axes, the same on both sides. O(rows axes^2).
double unbiased_cka(const Matrix& a, const Matrix& b, Index widest = 512);

/// Singular values compared (GhostSpec: 2511.06390), blind to rotations of either side.
struct SpectrumLikeness {
  double shape = 0;   ///< correlation of log singular values by rank: near 1 between strangers of one recipe
  double detail = 0;  ///< of gaps between neighbours, unfolded: 0 between strangers, and soon after training goes on
  bool valid = false;
};
/// Sides above `largest` are thinned. O(n^3), n the smaller side.
SpectrumLikeness spectrum_likeness(const Matrix& a, const Matrix& b, Index largest = 256);

}  // namespace pedigree::weight
