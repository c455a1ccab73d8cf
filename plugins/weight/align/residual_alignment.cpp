// SPDX-License-Identifier: MIT
#include "plugins/weight/align/residual_alignment.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/weight/align/polar.hpp"
#include "plugins/weight/statistics/increasing_run.hpp"
#include "plugins/weight/statistics/log_probability.hpp"
#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kWide = 1024;  // beyond it a second polar factor costs more than the better estimate is worth

/// Every second row, starting with `first`.
Matrix half(const Matrix& rows, Index first) {
  const Index count = (rows.rows() - first + 1) / 2;
  Matrix out(count, rows.cols());
  for (Index i = 0; i < count; ++i) out.row(i) = rows.row(first + 2 * i);
  return out;
}

}  // namespace

double mean_row_cosine(const Matrix& a, const Matrix& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return 0;
  double sum = 0, count = 0;
  for (Index i = 0; i < a.rows(); ++i) {
    const double scale = std::sqrt(a.row(i).cast<double>().squaredNorm() * b.row(i).cast<double>().squaredNorm());
    if (!(scale > 0)) continue;
    sum += a.row(i).cast<double>().dot(b.row(i).cast<double>()) / scale;
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

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

Matrix ResidualMap::apply(const Matrix& reference_rows) const {
  if (matrix.size() == 0) return reference_rows;
  return reference_rows * matrix;
}

std::size_t AxisMatch::matched() const {
  return static_cast<std::size_t>(std::count_if(partner.begin(), partner.end(), [](auto j) { return j != kNoMatch; }));
}

std::size_t AxisMatch::fixed() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < partner.size(); ++i) count += partner[i] == i;
  return count;
}

double AxisMatch::log10_p() const {
  if (subject_axes == reference_axes) return fixed_point_log10_p(subject_axes, matched(), fixed());
  std::vector<std::size_t> sequence;
  for (const auto j : partner)
    if (j != kNoMatch) sequence.push_back(j);
  return increasing_run_log10_p(sequence.size(), longest_increasing_run(sequence));
}

double AxisMatch::mean_cosine_of_fixed() const {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < partner.size(); ++i)
    if (partner[i] == i) {
      sum += static_cast<double>(cosine[i]);
      count += 1;
    }
  return count > 0 ? sum / count : 0;
}

AxisMatch match_axes(const TokenRows& rows) {
  AxisMatch match;
  match.subject_axes = static_cast<std::size_t>(rows.subject.cols());
  match.reference_axes = static_cast<std::size_t>(rows.reference.cols());
  match.partner.assign(match.subject_axes, kNoMatch);
  match.cosine.assign(match.subject_axes, 0.0F);
  if (rows.empty()) return match;
  Matrix a = rows.subject.transpose(), b = rows.reference.transpose();
  normalise_rows(a);
  normalise_rows(b);
  const Matrix cosines = a * b.transpose();
  const Matrix size = cosines.cwiseAbs();
  std::vector<Index> forward(match.subject_axes), back(match.reference_axes);
  for (Index i = 0; i < size.rows(); ++i) size.row(i).maxCoeff(&forward[static_cast<std::size_t>(i)]);
  for (Index j = 0; j < size.cols(); ++j) size.col(j).maxCoeff(&back[static_cast<std::size_t>(j)]);
  for (Index i = 0; i < size.rows(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Index j = forward[at];
    match.cosine[at] = cosines(i, j);
    if (back[static_cast<std::size_t>(j)] == i && size(i, j) > 0) match.partner[at] = static_cast<std::uint32_t>(j);
  }
  return match;
}

ResidualMap identity_map(const TokenRows& rows) {
  ResidualMap map;
  map.estimated = !rows.empty();
  if (!rows.empty() && rows.subject.cols() == rows.reference.cols())
    map.held_out_cosine = mean_row_cosine(rows.subject, rows.reference);
  return map;
}

namespace {

Matrix axis_cosines(const TokenRows& rows) {
  Matrix a = rows.subject.transpose(), b = rows.reference.transpose();
  normalise_rows(a);
  normalise_rows(b);
  return a * b.transpose();
}

/// Mutual neighbours first; then again among the axes left over, until none can be paired.
Matrix permutation_of(const Matrix& cosines) {
  Matrix open = cosines.cwiseAbs();
  Matrix map = Matrix::Zero(cosines.cols(), cosines.rows());
  for (bool more = true; more;) {
    more = false;
    Eigen::Matrix<Index, Eigen::Dynamic, 1> back(open.cols());
    for (Index j = 0; j < open.cols(); ++j) open.col(j).maxCoeff(&back(j));
    std::vector<std::pair<Index, Index>> chosen;
    for (Index i = 0; i < open.rows(); ++i) {
      Index j = 0;
      if (open.row(i).maxCoeff(&j) > 0 && back(j) == i) chosen.emplace_back(i, j);
    }
    for (const auto& [i, j] : chosen) {
      map(j, i) = cosines(i, j) < 0 ? -1.0F : 1.0F;
      open.row(i).setZero();
      open.col(j).setZero();
      more = true;
    }
  }
  return map;
}

}  // namespace

ResidualMap signed_permutation_map(const TokenRows& rows) {
  ResidualMap map;
  map.kind = Alignment::kSignedPermutation;
  map.estimated = !rows.empty();
  if (rows.empty()) return map;
  const TokenRows even{half(rows.subject, 0), half(rows.reference, 0), 0};
  const Matrix estimate = permutation_of(axis_cosines(even));
  map.held_out_cosine = mean_row_cosine(half(rows.subject, 1), half(rows.reference, 1) * estimate);
  map.matrix = permutation_of(axis_cosines(rows));
  return map;
}

ResidualMap rounded_to_permutation(const ResidualMap& map) {
  ResidualMap out = map;
  out.kind = Alignment::kSignedPermutation;
  out.matrix = permutation_of(map.matrix.transpose());
  return out;
}

ResidualMap orthogonal_map(const TokenRows& rows) {
  ResidualMap map;
  map.kind = Alignment::kOrthogonal;
  map.estimated = !rows.empty();
  if (rows.empty()) return map;
  const Matrix even = polar_factor(half(rows.reference, 0).transpose() * half(rows.subject, 0));
  map.held_out_cosine = mean_row_cosine(half(rows.subject, 1), half(rows.reference, 1) * even);
  const bool wide = std::max(rows.subject.cols(), rows.reference.cols()) > kWide;
  map.matrix = wide ? even : polar_factor(rows.reference.transpose() * rows.subject);
  return map;
}

}  // namespace pedigree::weight
