// SPDX-License-Identifier: MIT
// Maps between residual bases, estimated from token rows only (no hidden-unit label enters), so tests
// over hidden units stay exact.
#pragma once

#include "plugins/weight/align/axis_match.hpp"
#include "plugins/weight/align/residual_map.hpp"

namespace pedigree::weight {

/// Mean over rows of the cosine of row i with row i, every reference row put through the map, a few rows at a
/// time; zero rows are left out, 0 for unequal shapes.
double mean_row_cosine(const RowView& subject, const RowView& reference, const ResidualMap& map = {});

/// What bounds the cost of a rotation of wide models.
struct RotationLimits {
  Index widest = 4096;     ///< beyond it a d x d matrix is neither kept nor factored
  Index thin_rows = 2048;  ///< rows that the rotation of a wider model is made from
};

/// Identity needs equal widths; signed permutation pairs mutual axes, then the rest; orthogonal is the polar
/// factor of E_reference^T E_subject. Every one is estimated on even rows and judged on odd ones, then
/// estimated again on all rows (an orthogonal one of widths above 1024 keeps the estimate of the even rows;
/// above limits.widest it is estimated from limits.thin_rows of them, and rotates the directions these span).
ResidualMap identity_map(const TokenRows& rows);
ResidualMap signed_permutation_map(const TokenRows& rows);
ResidualMap orthogonal_map(const TokenRows& rows, RotationLimits limits = {});

/// The signed permutation nearest to an orthogonal map (greedy over mutual largest entries); a map that is
/// not kept as one matrix is answered as it is.
ResidualMap rounded_to_permutation(const ResidualMap& map);

}  // namespace pedigree::weight
