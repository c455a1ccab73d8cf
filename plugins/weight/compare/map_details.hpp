// SPDX-License-Identifier: MIT
// Two small questions asked of residual maps.
#pragma once

#include "plugins/weight/align/axis_match.hpp"
#include "plugins/weight/compare/token_rows.hpp"
#include "plugins/weight/statistics/inheritance_spectrum.hpp"

namespace pedigree::weight {

/// True when most columns of an orthogonal map have one entry that dominates.
bool nearly_permutation(const Matrix& map);

/// Sum of |entries| along the signed permutation nearest to a rotation (greedy, so never above the best one's): what
/// W4 takes for Tr(P^T U). 0 for a map that is not one square matrix.
double residual_trace(const ResidualMap& rotation);

/// The embedding's spectrum over the axes that found each other, each with its sign.
InheritanceSpectrum axis_spectrum(const JoinedRows& rows, const AxisMatch& axes);

}  // namespace pedigree::weight
