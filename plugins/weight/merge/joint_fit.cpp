// SPDX-License-Identifier: MIT
#include "plugins/weight/merge/joint_fit.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

namespace pedigree::weight {
namespace {

/// Least squares over the references in `active`, 0 for the others.
Eigen::VectorXd solve_active(const MatrixD& gram, const Eigen::VectorXd& cross,
                             const std::vector<Eigen::Index>& active) {
  const auto n = static_cast<Eigen::Index>(active.size());
  Eigen::MatrixXd g(n, n);
  Eigen::VectorXd c(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    c(i) = cross(active[static_cast<std::size_t>(i)]);
    for (Eigen::Index j = 0; j < n; ++j)
      g(i, j) = gram(active[static_cast<std::size_t>(i)], active[static_cast<std::size_t>(j)]);
    g(i, i) *= 1 + 1e-10;  // two references may be one model
  }
  const Eigen::VectorXd solved = g.ldlt().solve(c);
  Eigen::VectorXd out = Eigen::VectorXd::Zero(cross.size());
  for (Eigen::Index i = 0; i < n; ++i) out(active[static_cast<std::size_t>(i)]) = solved(i);
  return out;
}

}  // namespace

Eigen::VectorXd non_negative_least_squares(const MatrixD& gram, const Eigen::VectorXd& cross) {
  const Eigen::Index n = cross.size();
  Eigen::VectorXd at = Eigen::VectorXd::Zero(n);
  std::vector<Eigen::Index> active;
  const double small = 1e-9 * std::max(1e-30, cross.cwiseAbs().maxCoeff());
  for (Eigen::Index round = 0; round < 3 * n + 8; ++round) {
    const Eigen::VectorXd slope = cross - gram * at;
    Eigen::Index best = -1;
    for (Eigen::Index j = 0; j < n; ++j)
      if (std::find(active.begin(), active.end(), j) == active.end() && slope(j) > small &&
          (best < 0 || slope(j) > slope(best)))
        best = j;
    if (best < 0) break;
    active.push_back(best);
    Eigen::VectorXd next = solve_active(gram, cross, active);
    while (!active.empty()) {
      double step = 1;  // as far as no coefficient turns negative
      for (const auto j : active)
        if (next(j) <= 0) step = std::min(step, at(j) / std::max(1e-300, at(j) - next(j)));
      if (step >= 1 && std::all_of(active.begin(), active.end(), [&](auto j) { return next(j) > 0; })) break;
      at += step * (next - at);
      std::erase_if(active, [&](auto j) { return next(j) <= 0 && at(j) <= 1e-12; });
      for (Eigen::Index j = 0; j < n; ++j)
        if (std::find(active.begin(), active.end(), j) == active.end()) at(j) = 0;
      next = solve_active(gram, cross, active);
    }
    at = next;
  }
  return at;
}

JointFit joint_fit(const std::vector<TensorProducts>& tensors) {
  JointFit out;
  if (tensors.empty()) return out;
  const Eigen::Index n = tensors.front().cross.size();
  MatrixD gram = MatrixD::Zero(n, n);
  Eigen::VectorXd cross = Eigen::VectorXd::Zero(n);
  for (const auto& t : tensors) {
    gram += t.gram;
    cross += t.cross;
  }
  out.coefficient = non_negative_least_squares(gram, cross);
  const auto count = static_cast<double>(tensors.size());
  out.explained =
      std::clamp((2 * out.coefficient.dot(cross) - out.coefficient.dot(gram * out.coefficient)) / count, 0.0, 1.0);
  out.standard_error = Eigen::VectorXd::Zero(n);
  if (tensors.size() < 2) return out;
  Eigen::MatrixXd without(n, static_cast<Eigen::Index>(tensors.size()));
  for (std::size_t t = 0; t < tensors.size(); ++t)
    without.col(static_cast<Eigen::Index>(t)) =
        non_negative_least_squares(gram - tensors[t].gram, cross - tensors[t].cross);
  const Eigen::VectorXd mean = without.rowwise().mean();
  out.standard_error = ((without.colwise() - mean).rowwise().squaredNorm() * ((count - 1) / count)).cwiseSqrt();
  return out;
}

}  // namespace pedigree::weight
