// SPDX-License-Identifier: MIT
#include "plugins/weight/align/residual_map.hpp"

#include <utility>

#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {

std::string_view name_of(Alignment alignment) {
  switch (alignment) {
    case Alignment::kIdentity:
      return "identity";
    case Alignment::kSignedPermutation:
      return "signed_permutation";
    case Alignment::kOrthogonal:
      return "orthogonal";
    case Alignment::kHiddenUnits:
      return "hidden_units";
  }
  return "identity";
}

ResidualMap ResidualMap::relabelling(std::vector<SignedAxis> by_subject_axis, Index reference_width) {
  ResidualMap map;
  map.kind = Alignment::kSignedPermutation;
  map.numbers_ = std::make_shared<Numbers>(Numbers{std::move(by_subject_axis), reference_width, {}, {}});
  return map;
}

ResidualMap ResidualMap::rotation(Alignment kind, Matrix dense) {
  ResidualMap map;
  map.kind = kind;
  map.numbers_ = std::make_shared<Numbers>(Numbers{{}, dense.rows(), std::move(dense), {}});
  return map;
}

ResidualMap ResidualMap::thin_rotation(Matrix left, Matrix right) {
  ResidualMap map;
  map.kind = Alignment::kOrthogonal;
  map.numbers_ = std::make_shared<Numbers>(Numbers{{}, left.rows(), std::move(left), std::move(right)});
  return map;
}

Matrix ResidualMap::apply(const Matrix& reference_rows) const {
  if (is_identity()) return reference_rows;
  const Numbers& n = *numbers_;
  if (n.right.size() > 0) return (reference_rows * n.left).eval() * n.right;
  if (n.left.size() > 0) return reference_rows * n.left;
  Matrix out(reference_rows.rows(), static_cast<Index>(n.axes.size()));
  for (Index i = 0; i < out.rows(); ++i)
    for (std::size_t j = 0; j < n.axes.size(); ++j)
      out(i, static_cast<Index>(j)) = n.axes[j].reference == kNoMatch
                                          ? 0.0F
                                          : n.axes[j].sign * reference_rows(i, static_cast<Index>(n.axes[j].reference));
  return out;
}

Matrix ResidualMap::apply_back(const Matrix& subject_rows) const {
  if (is_identity()) return subject_rows;
  const Numbers& n = *numbers_;
  if (n.right.size() > 0) return (subject_rows * n.right.transpose()).eval() * n.left.transpose();
  if (n.left.size() > 0) return subject_rows * n.left.transpose();
  Matrix out = Matrix::Zero(subject_rows.rows(), n.reference_width);
  for (Index i = 0; i < out.rows(); ++i)
    for (std::size_t j = 0; j < n.axes.size(); ++j)
      if (n.axes[j].reference != kNoMatch)
        out(i, static_cast<Index>(n.axes[j].reference)) = n.axes[j].sign * subject_rows(i, static_cast<Index>(j));
  return out;
}

const Matrix* ResidualMap::dense() const {
  if (is_identity() || numbers_->right.size() > 0 || numbers_->left.size() == 0) return nullptr;
  return &numbers_->left;
}

}  // namespace pedigree::weight
