// SPDX-License-Identifier: MIT
// Units of a synthetic pair of d = 512, permuted and rescaled, part of their weight new: decisive by an exact
// test; the same laundering of a stranger says nothing.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "plugins/weight/matrix.hpp"
#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kWidth = 512, kUnits = 512;

Matrix gaussian(Random& random, Index rows, Index columns) {
  Matrix out(rows, columns);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = static_cast<float>(random.normal());
  return out;
}

UnitParts fresh(Random& random) {
  return {gaussian(random, kUnits, kWidth), gaussian(random, kUnits, kWidth), gaussian(random, kUnits, kWidth)};
}

/// Units in another order, up times s and down over s, s positive; correlation `rho` with the original.
UnitParts laundered(Random& random, const UnitParts& from, double rho) {
  std::vector<Index> order(static_cast<std::size_t>(kUnits));
  std::iota(order.begin(), order.end(), Index{0});
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  UnitParts out = fresh(random);
  const auto kept = static_cast<float>(rho), own = static_cast<float>(std::sqrt(1 - rho * rho));
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down})
    for (Index i = 0; i < kUnits; ++i)
      (out.*part).row(i) = kept * (from.*part).row(order[static_cast<std::size_t>(i)]) + own * (out.*part).row(i);
  for (Index i = 0; i < kUnits; ++i) {
    const auto s = static_cast<float>(std::exp(0.8 * random.normal()));
    out.up.row(i) *= s;
    out.down.row(i) /= s;
  }
  return out;
}

double sign_p(UnitParts a, UnitParts b) {
  a.prepare();
  b.prepare();
  return exact_p(match_units(a, b)).sign;
}

TEST(laundering, permuted_and_rescaled_units_at_d_512_are_decisive) {
  Random random(41);
  const UnitParts parent = fresh(random);
  EXPECT_LT(sign_p(laundered(random, parent, 0.3), parent), -100);  // 512 coins: 10^-153.8 when all are seen
  EXPECT_LT(sign_p(laundered(random, parent, 0.2), parent), -12);
  EXPECT_GT(sign_p(laundered(random, fresh(random), 0.3), parent), -4);
}

}  // namespace
}  // namespace pedigree::weight
