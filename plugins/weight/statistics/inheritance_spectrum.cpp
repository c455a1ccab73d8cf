// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/inheritance_spectrum.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace pedigree::weight {
namespace {

constexpr Index kCurvePoints = 32;

/// Every k-th row and column so that no side exceeds `largest`; the smaller side in columns.
MatrixD thinned(const Matrix& m, Index largest) {
  const Index rows = std::min(m.rows(), largest), columns = std::min(m.cols(), largest);
  MatrixD out(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) out(i, j) = static_cast<double>(m(i * m.rows() / rows, j * m.cols() / columns));
  if (out.rows() < out.cols()) return out.transpose();
  return out;
}

double mean_of(const Eigen::VectorXd& values, Index first, Index last) {
  return last > first ? values.segment(first, last - first).mean() : 0;
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

InheritanceSpectrum inheritance_spectrum(const Matrix& subject, const Matrix& reference, Index largest) {
  InheritanceSpectrum out;
  if (subject.rows() != reference.rows() || subject.cols() != reference.cols() || subject.size() < 64) return out;
  const MatrixD a = thinned(subject, largest), b = thinned(reference, largest);
  const double aa = a.squaredNorm(), bb = b.squaredNorm(), ab = a.cwiseProduct(b).sum();
  if (!(aa > 0) || !(bb > 0) || !std::isfinite(aa + bb)) return out;
  out.cosine = ab / std::sqrt(aa * bb);
  out.coefficient = ab / bb;
  const MatrixD gram = b.transpose() * b, cross = b.transpose() * a;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(Eigen::MatrixXd{gram});
  if (solver.info() != Eigen::Success) return out;
  const Eigen::MatrixXd v = solver.eigenvectors().rowwise().reverse();  // leading first
  const Eigen::VectorXd squares = solver.eigenvalues().reverse();
  Index alive = 0;
  while (alive < squares.size() && squares(alive) > 1e-6 * squares(0)) ++alive;
  if (alive < 8) return out;
  const Eigen::VectorXd d = (v.transpose() * (cross * v)).diagonal().head(alive).cwiseQuotient(squares.head(alive));
  out.top = mean_of(d, 0, std::max<Index>(3, alive / 20));
  out.bulk = mean_of(d, alive / 2, alive);
  const Index points = std::min(kCurvePoints, alive);
  for (Index p = 0; p < points; ++p) out.curve.push_back(mean_of(d, p * alive / points, (p + 1) * alive / points));
  out.valid = true;
  return out;
}

}  // namespace pedigree::weight
