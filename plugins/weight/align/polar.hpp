// SPDX-License-Identifier: MIT
// The orthogonal factor of a matrix, by products only.
#pragma once

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// Orthogonal factor U of X = U P: the partial isometry nearest to X (orthogonal Procrustes,
/// Schoenemann 1966). X may be rectangular; directions X does not see stay small. Five-term odd
/// polynomials lift small singular values, Newton-Schulz steps 1.5 X - 0.5 X X^T X finish.
/// A zero or non-finite X answers zeros. Cost about 40 n^2 m flop for n <= m; deterministic.
Matrix polar_factor(const Matrix& x);

}  // namespace pedigree::weight
