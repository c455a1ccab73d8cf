// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/comparators.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace pedigree::weight {
namespace {

MatrixD thinned(const Matrix& m, Index rows, Index columns) {
  rows = std::min(rows, m.rows());
  columns = std::min(columns, m.cols());
  MatrixD out(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) out(i, j) = static_cast<double>(m(i * m.rows() / rows, j * m.cols() / columns));
  return out;
}

MatrixD centred_kernel(const MatrixD& w) {
  const auto n = static_cast<double>(w.cols());
  MatrixD k = w.transpose() * w;
  k.diagonal().setZero();
  Eigen::VectorXd mean = k.rowwise().sum() / (n - 2);
  mean.array() -= mean.sum() / (2 * (n - 1));
  k.colwise() -= mean;
  k.rowwise() -= mean.transpose();
  k.diagonal().setZero();
  return k;
}

/// Logarithms of the singular values that are not rounding, largest first.
Eigen::VectorXd log_spectrum(const MatrixD& w) {
  const Eigen::MatrixXd gram =
      w.rows() < w.cols() ? Eigen::MatrixXd(w * w.transpose()) : Eigen::MatrixXd(w.transpose() * w);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram, Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success) return {};
  const Eigen::VectorXd squares = solver.eigenvalues().reverse();
  Index alive = 0;
  while (alive < squares.size() && squares(alive) > 1e-10 * squares(0)) ++alive;
  return squares.head(alive).array().log() / 2;
}

double correlation(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  const Eigen::VectorXd x = a.array() - a.mean(), y = b.array() - b.mean();
  const double scale = x.norm() * y.norm();
  return scale > 0 ? x.dot(y) / scale : 0;
}

/// Gaps between neighbouring levels over the mean gap around them: what repulsion leaves of a spectrum once its shape,
/// which every model of one recipe shares, is gone. The leading eighth, where that shape has its steps, is left out.
Eigen::VectorXd unfolded_gaps(const Eigen::VectorXd& levels) {
  constexpr Index kAround = 5;
  const Index n = levels.size() - 1, leading = levels.size() / 8;
  const Eigen::VectorXd gaps = levels.head(n) - levels.tail(n);
  Eigen::VectorXd out(n - leading);
  for (Index i = leading; i < n; ++i) {
    const Index first = std::max<Index>(leading, i - kAround), last = std::min<Index>(n, i + kAround + 1);
    const double mean = gaps.segment(first, last - first).mean();
    out(i - leading) = mean > 0 ? gaps(i) / mean : 1;
  }
  return out;
}

}  // namespace

double unbiased_cka(const Matrix& a, const Matrix& b, Index widest) {
  if (a.cols() != b.cols() || a.cols() < 4 || !a.allFinite() || !b.allFinite()) return 0;
  const MatrixD k = centred_kernel(thinned(a, a.rows(), widest)), l = centred_kernel(thinned(b, b.rows(), widest));
  const double scale = k.norm() * l.norm();
  return scale > 0 ? k.cwiseProduct(l).sum() / scale : 0;
}

SpectrumLikeness spectrum_likeness(const Matrix& a, const Matrix& b, Index largest) {
  SpectrumLikeness out;
  if (a.rows() != b.rows() || a.cols() != b.cols() || !a.allFinite() || !b.allFinite()) return out;
  const Eigen::VectorXd x = log_spectrum(thinned(a, largest, largest)), y = log_spectrum(thinned(b, largest, largest));
  const Index n = std::min(x.size(), y.size());
  if (n < 16) return out;
  out.shape = correlation(x.head(n), y.head(n));
  out.detail = correlation(unfolded_gaps(x.head(n)), unfolded_gaps(y.head(n)));
  out.valid = true;
  return out;
}

}  // namespace pedigree::weight
