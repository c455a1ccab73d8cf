// SPDX-License-Identifier: MIT
// How the reference's residual basis lies in the subject's: as it is, relabelled with signs, or rotated.
// Estimated from token rows only (no hidden-unit label enters), so tests over hidden units stay exact.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

enum class Alignment : std::uint8_t { kIdentity, kSignedPermutation, kOrthogonal, kHiddenUnits };
std::string_view name_of(Alignment alignment);

/// A map of reference rows (length d_reference) to subject rows (length d_subject).
struct ResidualMap {
  Alignment kind = Alignment::kIdentity;
  Matrix matrix;               ///< d_reference x d_subject; empty for identity
  double held_out_cosine = 0;  ///< mean over tokens not used for the estimate, rows centred
  bool estimated = true;       ///< false: assumed, nothing to judge it by
  Matrix apply(const Matrix& reference_rows) const;
};

/// Rows of the same tokens in both models, one row per common token (embedding, and output head
/// rows below them where both models keep one apart). Centred over tokens.
struct TokenRows {
  Matrix subject, reference;
  Index tokens = 0;  ///< rows that are embedding rows; the rest are output-head rows
  bool empty() const { return subject.rows() == 0; }
};

/// Mutual nearest neighbours among residual axes by |cosine| of token columns. Where axes are
/// exchangeable (random initialisation, Adam-like training, no axis-indexed position code),
/// same-index pairs obey the exact bound of W2 with h = d.
struct AxisMatch {
  std::vector<std::uint32_t> partner;  ///< per subject axis, kNoMatch when none
  std::vector<float> cosine;           ///< signed, of the best partner
  std::size_t subject_axes = 0, reference_axes = 0;
  std::size_t matched() const;
  std::size_t fixed() const;
  double log10_p() const;  ///< exact: same index when widths agree, increasing run otherwise
  double mean_cosine_of_fixed() const;
};
AxisMatch match_axes(const TokenRows& rows);

/// Mean over rows of the cosine of row i with row i; zero rows are left out, 0 for unequal shapes.
double mean_row_cosine(const Matrix& a, const Matrix& b);

/// Identity needs equal widths; signed permutation pairs mutual axes, then the rest; orthogonal is the polar
/// factor of E_reference^T E_subject. Every one is estimated on even rows and judged on odd ones,
/// then estimated again on all rows (widths above 1024 keep the estimate of the even rows).
ResidualMap identity_map(const TokenRows& rows);
ResidualMap signed_permutation_map(const TokenRows& rows);
ResidualMap orthogonal_map(const TokenRows& rows);

/// The signed permutation nearest to an orthogonal map (greedy over mutual largest entries).
ResidualMap rounded_to_permutation(const ResidualMap& map);

}  // namespace pedigree::weight
