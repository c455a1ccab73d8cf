// SPDX-License-Identifier: MIT
// The weighted sum of references that comes nearest to the subject, all references at once.
#pragma once

#include <vector>

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// One matrix of the subject: inner products with the same matrix of every reference, and among those,
/// divided by the subject's own squares, so that every matrix counts alike.
struct TensorProducts {
  MatrixD gram;           ///< reference x reference
  Eigen::VectorXd cross;  ///< reference with subject
};

struct JointFit {
  Eigen::VectorXd coefficient;     ///< none negative
  Eigen::VectorXd standard_error;  ///< jackknife over matrices: merges vary by layer, elements are not independent
  double explained = 0;            ///< share of the subject's squares
};

/// argmin over a >= 0 of a' G a - 2 a' c (Lawson and Hanson 1974, on the normal equations). O(k^4) for k references.
Eigen::VectorXd non_negative_least_squares(const MatrixD& gram, const Eigen::VectorXd& cross);

/// Pooled over matrices; two at least for a standard error.
JointFit joint_fit(const std::vector<TensorProducts>& tensors);

}  // namespace pedigree::weight
