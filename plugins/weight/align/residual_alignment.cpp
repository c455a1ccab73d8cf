// SPDX-License-Identifier: MIT
#include "plugins/weight/align/residual_alignment.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/weight/align/polar.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kWide = 1024;  // beyond it a second polar factor costs more than the better estimate is worth

Matrix spread_rows(const RowView& rows, Index limit) {
  const Index count = std::min(limit, rows.rows());
  Matrix out(count, rows.cols());
  for (Index i = 0; i < count; ++i) out.row(i) = rows.row(i * rows.rows() / count);
  return out;
}

/// The polar factor of B^T A from n rows of each, n below the widths. With W_a and W_b the rows made
/// orthonormal (polar factors of A and B), B^T A = W_b^T (S_b S_a) W_a with n x n in the middle.
ResidualMap thin_orthogonal(const RowView& subject, const RowView& reference, Index limit) {
  const Matrix a = spread_rows(subject, limit), b = spread_rows(reference, limit);
  Matrix wa = polar_factor(a);
  const Matrix wb = polar_factor(b);
  const Matrix middle = polar_factor((wb * b.transpose()) * (a * wa.transpose()));
  return ResidualMap::thin_rotation(wb.transpose() * middle, std::move(wa));
}

}  // namespace

double mean_row_cosine(const RowView& subject, const RowView& reference, const ResidualMap& map) {
  if (subject.rows() != reference.rows()) return 0;
  constexpr Index kTogether = 256;
  double sum = 0, count = 0;
  for (Index first = 0; first < subject.rows(); first += kTogether) {
    const Index together = std::min(kTogether, subject.rows() - first);
    const Matrix mapped = map.apply(reference.middleRows(first, together));
    if (mapped.cols() != subject.cols()) return 0;
    for (Index i = 0; i < together; ++i) {
      const auto a = subject.row(first + i).cast<double>();
      const auto b = mapped.row(i).cast<double>();
      const double scale = std::sqrt(a.squaredNorm() * b.squaredNorm());
      if (!(scale > 0)) continue;
      sum += a.dot(b) / scale;
      count += 1;
    }
  }
  return count > 0 ? sum / count : 0;
}

ResidualMap identity_map(const TokenRows& rows) {
  ResidualMap map;
  map.estimated = !rows.empty();
  if (!rows.empty()) map.held_out_cosine = mean_row_cosine(all_rows(rows.subject), all_rows(rows.reference), map);
  return map;
}

ResidualMap signed_permutation_map(const TokenRows& rows) {
  ResidualMap map;
  map.kind = Alignment::kSignedPermutation;
  map.estimated = !rows.empty();
  if (rows.empty()) return map;
  const Index width = rows.reference.cols();
  const ResidualMap even =
      ResidualMap::relabelling(pair_axes(every_second(rows.subject, 0), every_second(rows.reference, 0)), width);
  map = ResidualMap::relabelling(pair_axes(all_rows(rows.subject), all_rows(rows.reference)), width);
  map.held_out_cosine = mean_row_cosine(every_second(rows.subject, 1), every_second(rows.reference, 1), even);
  return map;
}

ResidualMap rounded_to_permutation(const ResidualMap& map) {
  if (map.dense() == nullptr) return map;
  ResidualMap out = ResidualMap::relabelling(pair_axes(*map.dense()), map.dense()->rows());
  out.held_out_cosine = map.held_out_cosine;
  out.estimated = map.estimated;
  return out;
}

ResidualMap orthogonal_map(const TokenRows& rows, RotationLimits limits) {
  ResidualMap map;
  map.kind = Alignment::kOrthogonal;
  map.estimated = !rows.empty();
  if (rows.empty()) return map;
  const RowView subject = every_second(rows.subject, 0), reference = every_second(rows.reference, 0);
  const Index widest = std::max(rows.subject.cols(), rows.reference.cols());
  const bool thin = widest > limits.widest && std::min(rows.subject.cols(), rows.reference.cols()) > limits.thin_rows;
  map = thin ? thin_orthogonal(subject, reference, limits.thin_rows)
             : ResidualMap::rotation(Alignment::kOrthogonal, polar_factor(reference.transpose() * subject));
  map.held_out_cosine = mean_row_cosine(every_second(rows.subject, 1), every_second(rows.reference, 1), map);
  if (thin || widest > kWide) return map;
  ResidualMap all =
      ResidualMap::rotation(Alignment::kOrthogonal, polar_factor(rows.reference.transpose() * rows.subject));
  all.held_out_cosine = map.held_out_cosine;
  return all;
}

}  // namespace pedigree::weight
