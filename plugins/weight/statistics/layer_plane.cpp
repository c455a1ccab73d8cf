// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/layer_plane.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace pedigree::weight {

LayerPlane layer_plane(const Matrix& features, std::size_t subject_layers) {
  LayerPlane out;
  if (features.rows() < 3 || !features.allFinite()) return out;
  const MatrixD centred = features.cast<double>().rowwise() - features.cast<double>().colwise().mean();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(Eigen::MatrixXd(centred * centred.transpose()));
  if (solver.info() != Eigen::Success) return out;
  const Eigen::VectorXd energy = solver.eigenvalues().reverse().cwiseMax(0.0);
  if (!(energy.sum() > 0)) return out;
  Eigen::MatrixXd axes = solver.eigenvectors().rowwise().reverse().leftCols(2);
  for (Index c = 0; c < 2; ++c) {  // the sign of an eigenvector is arbitrary: make the largest entry positive
    Index at = 0;
    axes.col(c).cwiseAbs().maxCoeff(&at);
    if (axes(at, c) < 0) axes.col(c) *= -1;
  }
  out.explained = (energy(0) + energy(1)) / energy.sum();
  for (Index i = 0; i < features.rows(); ++i) {
    const auto place = static_cast<std::size_t>(i);
    const bool subject = place < subject_layers;
    out.points.push_back({static_cast<int>(subject ? place : place - subject_layers), subject,
                          axes(i, 0) * std::sqrt(energy(0)), axes(i, 1) * std::sqrt(energy(1))});
  }
  return out;
}

}  // namespace pedigree::weight
