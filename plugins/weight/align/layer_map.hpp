// SPDX-License-Identifier: MIT
// Which reference layer each subject layer comes from, allowing gaps, repeats and jumps.
#pragma once

#include <vector>

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// Per subject layer: index of its source layer, or -1.
using LayerMap = std::vector<int>;

/// Viterbi over source layers and "none". similarity(l, m) in [0, 1] (share of units in common);
/// pairs below `floor` cannot be chosen. Going on to the next source layer is free, any other
/// step costs `jump`: enough to settle ties between repeated layers, never enough to override a
/// clear match. O(L L'^2).
LayerMap align_layers(const MatrixD& similarity, double floor, double jump = 0.02);

}  // namespace pedigree::weight
