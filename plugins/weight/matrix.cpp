// SPDX-License-Identifier: MIT
#include "plugins/weight/matrix.hpp"

#include <cmath>
#include <numbers>

namespace pedigree::weight {

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::size_t silence_non_finite_rows(Matrix& rows) {
  std::size_t silenced = 0;
  for (Index i = 0; i < rows.rows(); ++i) {
    if (rows.row(i).allFinite()) continue;
    rows.row(i).setZero();
    ++silenced;
  }
  return silenced;
}

void normalise_rows(Matrix& rows) {
  for (Index i = 0; i < rows.rows(); ++i) {
    const double length = std::sqrt(rows.row(i).cast<double>().squaredNorm());
    if (length > 0 && std::isfinite(length)) rows.row(i) *= static_cast<float>(1.0 / length);
  }
}

void centre_and_normalise_rows(Matrix& rows) {
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(rows.cols());
  double alive = 0;
  for (Index i = 0; i < rows.rows(); ++i) {
    if (rows.row(i).isZero(0)) continue;
    mean += rows.row(i).cast<double>().transpose();
    alive += 1;
  }
  if (alive < 2) return normalise_rows(rows);
  const Vector shift = (mean / alive).cast<float>();
  for (Index i = 0; i < rows.rows(); ++i)
    if (!rows.row(i).isZero(0)) rows.row(i) -= shift.transpose();
  normalise_rows(rows);
}

}  // namespace pedigree::weight
