// SPDX-License-Identifier: MIT
// Residual maps in which not every axis finds a partner: an axis that reads nothing, and wide models, whose axes
// keep only their nearest candidates.
#include <gtest/gtest.h>

#include "plugins/weight/compare/map_details.hpp"
#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {
namespace {

TEST(WideMap, an_axis_without_a_partner_adds_nothing_to_the_trace) {
  Matrix turn = Matrix::Zero(3, 3);
  turn(2, 0) = 0.8F;
  turn(0, 2) = -0.6F;
  EXPECT_NEAR(residual_trace(ResidualMap::rotation(Alignment::kOrthogonal, turn)), 1.4, 1e-6);
}

/// Beyond 1024 axes only the nearest 64 of each are candidates; here all name the same 64, and the rest go without.
TEST(WideMap, axes_that_all_name_the_same_candidates_stay_without_a_partner) {
  constexpr Index kAxes = 1100, kNamed = 64;
  Matrix likeness = Matrix::Constant(kAxes, kAxes, 0.001F);
  likeness.topRows(kNamed).setConstant(0.5F);
  const ResidualMap map = ResidualMap::rotation(Alignment::kOrthogonal, likeness);
  std::size_t without = 0;
  for (const auto& axis : pair_axes(likeness)) without += axis.reference == kNoMatch;
  EXPECT_EQ(without, static_cast<std::size_t>(kAxes - kNamed));
  EXPECT_NEAR(residual_trace(map), 0.5 * kNamed, 1e-4);
  const Matrix mapped = rounded_to_permutation(map).apply(Matrix::Ones(1, kAxes));
  EXPECT_EQ((mapped.array() != 0).count(), kNamed);
}

}  // namespace
}  // namespace pedigree::weight
