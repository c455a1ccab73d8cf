// SPDX-License-Identifier: MIT
// Residual axes of two models compared through the tokens both have: an axis is the column of its
// values over all of them.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/weight/align/residual_map.hpp"
#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// Rows of the same tokens in both models, one row per common token (embedding, and output head
/// rows below them where both models keep one apart). Centred over tokens.
struct TokenRows {
  Matrix subject, reference;
  Index tokens = 0;  ///< rows that are embedding rows; the rest are output-head rows
  bool empty() const { return subject.rows() == 0; }
};

/// Every, or every second, row of a matrix, without a copy.
using RowView = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;
RowView all_rows(const Matrix& rows);
RowView every_second(const Matrix& rows, Index first);  ///< first: 0 or 1

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

/// One GEMM of d x n x d, a block of axes at a time: memory O(d) beside the rows.
AxisMatch match_axes(const TokenRows& rows);

/// Each subject axis given a reference axis of its own: mutual neighbours first, then again among those
/// left over, until none can be paired. Of more than 1024 axes, the 64 nearest of each are candidates.
std::vector<SignedAxis> pair_axes(const RowView& subject, const RowView& reference);
/// The same from a matrix of likeness, reference axes in rows.
std::vector<SignedAxis> pair_axes(const Matrix& likeness);

}  // namespace pedigree::weight
