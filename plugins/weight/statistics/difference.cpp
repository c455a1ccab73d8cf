// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/difference.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace pedigree::weight {
namespace {

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

double relative_change(const Matrix& subject, const Matrix& reference) {
  if (subject.rows() != reference.rows() || subject.cols() != reference.cols()) return 0;
  const double bb = reference.cast<double>().squaredNorm();
  const double c = subject.cast<double>().cwiseProduct(reference.cast<double>()).sum() / bb;
  if (!(bb > 0) || c == 0 || !std::isfinite(c)) return 0;
  return std::sqrt((subject.cast<double>() - c * reference.cast<double>()).squaredNorm() / (c * c * bb));
}

}  // namespace pedigree::weight
