// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/diagonal_mean.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace pedigree::weight {
namespace {

std::vector<Index> alive_rows(const Matrix& a, const Matrix& b) {
  std::vector<Index> out;
  for (Index i = 0; i < a.rows(); ++i)
    if (!a.row(i).isZero(0) && !b.row(i).isZero(0)) out.push_back(i);
  return out;
}

/// Mean square of the entries after taking off row and column means: the variance of the permuted sum is
/// n^2 / (n - 1) times this.
double doubly_centred_square(const Matrix& a, const Matrix& b, const std::vector<Index>& rows, Index sampled) {
  const auto count = std::min<std::size_t>(rows.size(), static_cast<std::size_t>(sampled));
  Matrix x(static_cast<Index>(count), a.cols()), y(static_cast<Index>(count), b.cols());
  for (std::size_t i = 0; i < count; ++i) {
    const Index at = rows[i * rows.size() / count];
    x.row(static_cast<Index>(i)) = a.row(at);
    y.row(static_cast<Index>(i)) = b.row(at);
  }
  MatrixD s = (x * y.transpose()).cast<double>();
  const Eigen::VectorXd by_row = s.rowwise().mean();
  const Eigen::RowVectorXd by_column = s.colwise().mean();
  const double all = s.mean();
  s.colwise() -= by_row;
  s.rowwise() -= by_column;
  s.array() += all;
  return s.squaredNorm() / static_cast<double>(s.size());
}

}  // namespace

DiagonalMean diagonal_mean(const Matrix& a, const Matrix& b, Index sampled) {
  DiagonalMean out;
  if (a.rows() != b.rows() || a.cols() != b.cols() || !a.allFinite() || !b.allFinite()) return out;
  const auto rows = alive_rows(a, b);
  if (rows.size() < 8) return out;
  const auto n = static_cast<double>(rows.size());
  Eigen::VectorXd sum_a = Eigen::VectorXd::Zero(a.cols()), sum_b = Eigen::VectorXd::Zero(b.cols());
  double diagonal = 0;
  for (const Index i : rows) {
    sum_a += a.row(i).cast<double>().transpose();
    sum_b += b.row(i).cast<double>().transpose();
    diagonal += a.row(i).cast<double>().dot(b.row(i).cast<double>());
  }
  const double expected = sum_a.dot(sum_b) / n;  // of the diagonal's sum, over uniform relabellings
  out.mean = (diagonal - expected) / n;
  const double variance = n * n / (n - 1) * doubly_centred_square(a, b, rows, sampled);
  out.z = variance > 0 ? (diagonal - expected) / std::sqrt(variance) : 0;
  const double t = std::abs(diagonal - expected) / 2, centre = (n + expected) / 2;
  const double natural = std::numbers::ln2 - t * t / (4 * centre + 2 * t);
  out.log10_p = std::min(0.0, natural / std::numbers::ln10);
  out.valid = true;
  return out;
}

}  // namespace pedigree::weight
