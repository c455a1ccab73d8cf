// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/difference.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <vector>

namespace pedigree::weight {
namespace {

std::size_t distinct(const float* first, Index count) {
  std::vector<float> values(first, first + count);
  std::sort(values.begin(), values.end());
  return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
}

MatrixD thinned_difference(const Matrix& a, const Matrix& b, double c, Index largest) {
  const Index rows = std::min(a.rows(), largest), columns = std::min(a.cols(), largest);
  MatrixD out(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) {
      const Index r = i * a.rows() / rows, k = j * a.cols() / columns;
      out(i, j) = static_cast<double>(a(r, k)) - c * static_cast<double>(b(r, k));
    }
  return out;
}

}  // namespace

Difference difference_of(const Matrix& subject, const Matrix& reference, Index largest) {
  Difference out;
  if (subject.rows() != reference.rows() || subject.cols() != reference.cols() || subject.size() < 64) return out;
  const double bb = reference.cast<double>().squaredNorm();
  const double ab = subject.cast<double>().cwiseProduct(reference.cast<double>()).sum();
  if (!(bb > 0) || !std::isfinite(ab)) return out;
  const double c = ab / bb;
  const MatrixD delta = thinned_difference(subject, reference, c, largest);
  const MatrixD gram =
      delta.rows() < delta.cols() ? MatrixD(delta * delta.transpose()) : MatrixD(delta.transpose() * delta);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(Eigen::MatrixXd{gram}, Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success) return out;
  const Eigen::VectorXd energy = solver.eigenvalues().reverse().cwiseMax(0.0);
  const double total = energy.sum();
  double sum = 0;
  while (out.rank < static_cast<std::size_t>(energy.size()) && sum < 0.9 * total)
    sum += energy(static_cast<Index>(out.rank++));
  out.rank_share = static_cast<double>(out.rank) / static_cast<double>(energy.size());
  const double whole = (subject.cast<double>() - c * reference.cast<double>()).squaredNorm();
  out.relative_norm = c != 0 ? std::sqrt(whole / (c * c * bb)) : 0;
  out.valid = true;
  return out;
}

ValueTexture texture_of(const Matrix& rows) {
  ValueTexture out;
  if (rows.size() == 0) return out;
  double zeros = 0, groups = 0, in_groups = 0, in_rows = 0;
  const Index width = std::min<Index>(rows.cols(), 512);
  for (Index i = 0; i < rows.rows(); ++i) {
    zeros += static_cast<double>((rows.row(i).array() == 0).count());
    in_rows += static_cast<double>(distinct(rows.row(i).data(), width)) / static_cast<double>(width);
    for (Index j = 0; j + 32 <= rows.cols(); j += 32) {
      in_groups += static_cast<double>(distinct(rows.row(i).data() + j, 32)) / 32.0;
      groups += 1;
    }
  }
  out.zero_share = zeros / static_cast<double>(rows.size());
  out.distinct_per_row = in_rows / static_cast<double>(rows.rows());
  out.distinct_per_32 = groups > 0 ? in_groups / groups : 1;
  return out;
}

}  // namespace pedigree::weight
