// SPDX-License-Identifier: MIT
// Weights of a merge read off jointly: unbiased, with errors that mean what they say.
#include <gtest/gtest.h>

#include <cmath>

#include "plugins/weight/merge/joint_fit.hpp"

namespace pedigree::weight {
namespace {

Eigen::VectorXd gaussian(Random& random, Eigen::Index n) {
  Eigen::VectorXd out(n);
  for (Eigen::Index i = 0; i < n; ++i) out(i) = random.normal();
  return out;
}

TensorProducts products(const Eigen::VectorXd& subject, const Eigen::MatrixXd& references) {
  const double squares = subject.squaredNorm();
  return {references.transpose() * references / squares, references.transpose() * subject / squares};
}

TEST(joint_fit, reads_a_merge_of_strangers_and_leaves_the_third_out) {
  Random random(61);
  int covered = 0, tries = 0;
  for (int t = 0; t < 200; ++t) {
    std::vector<TensorProducts> tensors;
    for (int m = 0; m < 12; ++m) {
      Eigen::MatrixXd refs(400, 3);
      for (Eigen::Index r = 0; r < 3; ++r) refs.col(r) = gaussian(random, 400);
      tensors.push_back(products(0.7 * refs.col(0) + 0.3 * refs.col(1) + 0.2 * gaussian(random, 400), refs));
    }
    const JointFit fit = joint_fit(tensors);
    EXPECT_NEAR(fit.coefficient(0), 0.7, 0.03);
    EXPECT_NEAR(fit.coefficient(1), 0.3, 0.03);
    EXPECT_LT(fit.coefficient(2), 0.02);
    EXPECT_NEAR(fit.explained, 0.58 / 0.62, 0.03);
    for (Eigen::Index r = 0; r < 2; ++r) {
      covered += std::abs(fit.coefficient(r) - (r == 0 ? 0.7 : 0.3)) <= 2.2 * fit.standard_error(r);
      ++tries;
    }
  }
  // t with 11 degrees of freedom: 2.2 errors hold 95 %; four standard errors of 400 tries below that.
  EXPECT_GE(covered, static_cast<int>(tries * 0.906));
}

/// Two children of one base, merged: the base itself, as alike as it is, gets nothing.
TEST(joint_fit, tells_siblings_from_their_parent) {
  Random random(62);
  std::vector<TensorProducts> tensors;
  for (int m = 0; m < 12; ++m) {
    Eigen::MatrixXd refs(2000, 3);
    refs.col(0) = gaussian(random, 2000);
    refs.col(1) = refs.col(0) + 0.3 * gaussian(random, 2000);
    refs.col(2) = refs.col(0) + 0.3 * gaussian(random, 2000);
    tensors.push_back(products(0.5 * refs.col(1) + 0.5 * refs.col(2), refs));
  }
  const JointFit fit = joint_fit(tensors);
  EXPECT_NEAR(fit.coefficient(0), 0, 1e-6);
  EXPECT_NEAR(fit.coefficient(1), 0.5, 1e-6);
  EXPECT_NEAR(fit.coefficient(2), 0.5, 1e-6);
}

/// Karush-Kuhn-Tucker: no coefficient negative, no slope positive, and none at all where a coefficient is not zero.
TEST(joint_fit, least_squares_are_least) {
  Random random(63);
  for (int t = 0; t < 200; ++t) {
    const auto n = static_cast<Eigen::Index>(1 + random.below(9));
    Eigen::MatrixXd refs(30, n);
    for (Eigen::Index r = 0; r < n; ++r)
      refs.col(r) =
          gaussian(random, 30) + (t % 2 != 0 ? 1.0 : 0.0) * gaussian(random, 1)(0) * Eigen::VectorXd::Ones(30);
    const MatrixD gram = refs.transpose() * refs;
    const Eigen::VectorXd cross = refs.transpose() * gaussian(random, 30);
    const Eigen::VectorXd a = non_negative_least_squares(gram, cross);
    const Eigen::VectorXd slope = cross - gram * a;
    for (Eigen::Index r = 0; r < n; ++r) {
      EXPECT_GE(a(r), 0);
      EXPECT_LE(slope(r), 1e-6);
      if (a(r) > 0) {
        EXPECT_NEAR(slope(r), 0, 1e-6);
      }
    }
  }
}

}  // namespace
}  // namespace pedigree::weight
