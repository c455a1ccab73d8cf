// SPDX-License-Identifier: MIT
// How the reference's residual basis lies in the subject's: as it is, relabelled with signs, or rotated.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

enum class Alignment : std::uint8_t { kIdentity, kSignedPermutation, kOrthogonal, kHiddenUnits };
std::string_view name_of(Alignment alignment);

/// Where a subject axis comes from; kNoMatch: from nowhere, it reads zero.
struct SignedAxis {
  std::uint32_t reference = 0;
  float sign = 0;
};

/// A map of reference rows (length d_reference) to subject rows (length d_subject). A relabelling is kept as
/// one axis per axis and a rotation of wide models as two thin factors, so that it stays small beside the
/// rows it maps. Immutable once made; copies share their numbers.
class ResidualMap {
 public:
  ResidualMap() = default;  ///< identity
  static ResidualMap relabelling(std::vector<SignedAxis> by_subject_axis, Index reference_width);
  static ResidualMap rotation(Alignment kind, Matrix dense);  ///< d_reference x d_subject
  /// left: d_reference x n, right: n x d_subject, n far below both: what lies outside n directions maps to zero.
  static ResidualMap thin_rotation(Matrix left, Matrix right);

  Alignment kind = Alignment::kIdentity;
  double held_out_cosine = 0;  ///< mean over tokens not used for the estimate, rows centred
  bool estimated = true;       ///< false: assumed, nothing to judge it by

  bool is_identity() const { return numbers_ == nullptr; }
  /// True when rows of this length can be mapped.
  bool takes(Index reference_width) const { return is_identity() || numbers_->reference_width == reference_width; }
  Matrix apply(const Matrix& reference_rows) const;
  Matrix apply_back(const Matrix& subject_rows) const;  ///< by the transpose: rows of the subject to the reference
  /// The whole matrix where it is kept as one; nullptr otherwise.
  const Matrix* dense() const;

 private:
  struct Numbers {
    std::vector<SignedAxis> axes;
    Index reference_width = 0;
    Matrix left, right;
  };
  std::shared_ptr<const Numbers> numbers_;
};

}  // namespace pedigree::weight
