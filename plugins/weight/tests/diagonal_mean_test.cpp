// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/diagonal_mean.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "plugins/weight/tests/null_size.hpp"

namespace pedigree::weight {
namespace {

Matrix directions(Random& random, Index rows, Index columns) {
  Matrix out = hostile_rows(random, rows, columns);
  normalise_rows(out);
  return out;
}

TEST(diagonal_mean, keeps_its_level_between_independent_rows_that_share_a_mean) {
  Random random(51);
  NullSize size;
  double squares = 0;
  for (int t = 0; t < kNullPairs; ++t) {
    const DiagonalMean d = diagonal_mean(directions(random, 24, 6), directions(random, 24, 6));
    ASSERT_TRUE(d.valid);
    size.add(d.log10_p);
    squares += d.z * d.z;
  }
  size.expect_nominal();
  EXPECT_NEAR(squares / kNullPairs, 1, 0.25);  // z is a z
}

TEST(diagonal_mean, sees_correlations_far_below_the_matching_limit) {
  Random random(52);
  constexpr Index kRows = 1536, kColumns = 512;
  Matrix a(kRows, kColumns), b(kRows, kColumns);
  for (Index i = 0; i < a.size(); ++i) {
    const double x = random.normal(), own = random.normal();
    a.data()[i] = static_cast<float>(x);
    b.data()[i] = static_cast<float>(0.02 * x + std::sqrt(1 - 0.02 * 0.02) * own);
  }
  normalise_rows(a);
  normalise_rows(b);
  const DiagonalMean d = diagonal_mean(a, b);
  // sd of one cosine is 1 / sqrt(512), of the mean of 1536 of them 0.00113: 0.02 is 17.7 of these (methods 3.2: 17).
  EXPECT_NEAR(d.mean, 0.02, 0.004);
  EXPECT_NEAR(d.z, 17.7, 4);
}

TEST(diagonal_mean, says_nothing_about_unequal_or_dead_rows) {
  Random random(53);
  EXPECT_FALSE(diagonal_mean(directions(random, 9, 4), directions(random, 10, 4)).valid);
  EXPECT_FALSE(diagonal_mean(Matrix::Zero(20, 4), directions(random, 20, 4)).valid);
}

}  // namespace
}  // namespace pedigree::weight
