// SPDX-License-Identifier: MIT
#include "plugins/weight/align/polar.hpp"

#include <cmath>

namespace pedigree::weight {
namespace {

/// Largest singular value, by power iteration on X X^T from a fixed start.
float spectral_norm(const Matrix& x) {
  Random random(7);
  Vector v(x.rows());
  for (Index i = 0; i < v.size(); ++i) v(i) = static_cast<float>(random.normal());
  float norm = 0;
  for (int step = 0; step < 24; ++step) {
    v.normalize();
    const Vector w = x * (x.transpose() * v);
    norm = std::sqrt(w.norm());
    v = w;
    if (!(norm > 0)) return 0;
  }
  return norm;
}

}  // namespace

Matrix polar_factor(const Matrix& x) {
  if (x.size() == 0 || !x.allFinite()) return Matrix::Zero(x.rows(), x.cols());
  if (x.rows() > x.cols()) return polar_factor(Matrix(x.transpose())).transpose();
  const float norm = spectral_norm(x);
  if (!(norm > 0)) return Matrix::Zero(x.rows(), x.cols());
  Matrix u = x / (1.02F * norm);
  Matrix gram(x.rows(), x.rows()), next(x.rows(), x.cols());
  for (int step = 0; step < 8; ++step) {  // each lifts a small singular value 3.44 times, large ones stay in [0.7, 1.2]
    gram.noalias() = u * u.transpose();
    const Matrix poly = -4.7750F * gram + 2.0315F * (gram * gram);
    next.noalias() = poly * u;
    u = 3.4445F * u + next;
  }
  for (int step = 0; step < 5; ++step) {
    gram.noalias() = u * u.transpose();
    next.noalias() = gram * u;
    u = 1.5F * u - 0.5F * next;
  }
  return u;
}

}  // namespace pedigree::weight
