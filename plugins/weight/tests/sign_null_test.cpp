// SPDX-License-Identifier: MIT
// Signs of units and channels between independent models that have much in common: part of the units are
// universal (every model learns them), rows share a mean, axes differ, tails are heavy. Only the signs are
// each model's own, as symmetric initialisation leaves them. The size must stay nominal all the same.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "plugins/weight/compare/layer_matching.hpp"
#include "plugins/weight/statistics/head_match.hpp"
#include "plugins/weight/statistics/log_probability.hpp"
#include "plugins/weight/statistics/unit_match.hpp"
#include "plugins/weight/tests/null_size.hpp"

namespace pedigree::weight {
namespace {

/// What two models trained on the same data have in common: `universal` units and one mean direction.
struct Recipe {
  Matrix gate, up, down;
};

Recipe recipe_of(Random& random, Index universal, Index width) {
  return {hostile_rows(random, universal, width), hostile_rows(random, universal, width),
          hostile_rows(random, universal, width)};
}

/// One model: its own units, the universal ones among them in any order, every sign tossed.
UnitParts model_of(Random& random, const Recipe& recipe, Index units) {
  const Index width = recipe.gate.cols();
  UnitParts parts{hostile_rows(random, units, width), hostile_rows(random, units, width),
                  hostile_rows(random, units, width)};
  std::vector<Index> place(static_cast<std::size_t>(units));
  std::iota(place.begin(), place.end(), Index{0});
  for (std::size_t i = place.size(); i > 1; --i) std::swap(place[i - 1], place[random.below(i)]);
  for (Index u = 0; u < recipe.gate.rows(); ++u) {
    const Index at = place[static_cast<std::size_t>(u)];
    parts.gate.row(at) = recipe.gate.row(u) + 0.1F * parts.gate.row(at);
    parts.up.row(at) = recipe.up.row(u) + 0.1F * parts.up.row(at);
    parts.down.row(at) = recipe.down.row(u) + 0.1F * parts.down.row(at);
  }
  for (Index i = 0; i < units; ++i)
    if (random.uniform() < 0.5) {
      parts.up.row(i) *= -1;
      parts.down.row(i) *= -1;
    }
  parts.prepare();
  return parts;
}

TEST(sign_null, universal_units_do_not_share_signs) {
  Random random(31);
  NullSize one, joint;
  for (int t = 0; t < kNullPairs; ++t) {
    const Recipe recipe = recipe_of(random, 8, 6);
    UnitMatch::Signs all;
    for (int layer = 0; layer < 3; ++layer) {
      const UnitMatch match = match_units(model_of(random, recipe, 16), model_of(random, recipe, 16));
      const auto signs = match.signs();
      all = {all.pairs + signs.pairs, all.plus + signs.plus};
      if (layer == 0) one.add(exact_p(match).sign);
    }
    joint.add(sign_coherence_log10_p(all.pairs, all.plus));
  }
  one.expect_nominal();
  joint.expect_nominal();
}

TEST(sign_null, all_tests_of_a_block_together_keep_their_level) {
  Random random(32);
  NullSize size;
  for (int t = 0; t < kNullPairs; ++t) {
    const Recipe recipe = recipe_of(random, 6, 5);
    const UnitMatchP p = exact_p(match_units(model_of(random, recipe, 14), model_of(random, recipe, 14)));
    ASSERT_TRUE(p.signed_units);
    size.add(p.best(true));
  }
  size.expect_nominal();
}

/// Names that do not say which matrix is the gate: wrong on one side, wrong on both.
TEST(sign_null, gate_and_up_taken_for_each_other_keep_their_level) {
  Random random(33);
  NullSize one, both;
  for (int t = 0; t < kNullPairs; ++t) {
    const Recipe recipe = recipe_of(random, 8, 6);
    UnitParts a = model_of(random, recipe, 16), b = model_of(random, recipe, 16);
    std::swap(a.gate, a.up);
    one.add(exact_p(match_units(a, b)).sign);
    std::swap(b.gate, b.up);
    both.add(exact_p(match_units(a, b)).sign);
  }
  one.expect_nominal();
  both.expect_nominal();
}

TEST(sign_null, channels_of_universal_heads_keep_their_level) {
  Random random(34);
  NullSize place, sign, joined;
  const HeadCounts counts{4, 2, 6};
  constexpr Index kWidth = 10;
  for (int t = 0; t < kNullPairs; ++t) {
    const AttentionParts common{hostile_rows(random, 24, kWidth), hostile_rows(random, 12, kWidth),
                                hostile_rows(random, 12, kWidth), hostile_rows(random, 24, kWidth)};
    // Each model has the recipe's heads, its channels in an order and with signs of its own.
    auto model = [&] {
      AttentionParts out = common;
      for (Index g = 0; g < 2; ++g) {
        std::vector<Index> order(6);
        std::iota(order.begin(), order.end(), Index{0});
        for (std::size_t i = 6; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
        for (Index c = 0; c < 6; ++c) {
          const Index from = order[static_cast<std::size_t>(c)];
          const float flip = random.uniform() < 0.5 ? -1.0F : 1.0F;
          out.v.row(g * 6 + c) = flip * common.v.row(g * 6 + from);
          for (Index h = 2 * g; h < 2 * g + 2; ++h) out.o.row(h * 6 + c) = flip * common.o.row(h * 6 + from);
        }
      }
      out.v += 0.2F * hostile_rows(random, 12, kWidth);
      out.o += 0.2F * hostile_rows(random, 24, kWidth);
      return out;
    };
    const HeadMatch match = match_heads(model(), counts, model(), counts);
    ASSERT_TRUE(match.valid);
    ASSERT_GT(match.channels, 0u);
    const double places = joint_fixed_point_log10_p(match.expected_channels, match.fixed_channels);
    const double signs = sign_coherence_log10_p(match.channels, match.channels_of_one_sign);
    place.add(places);
    sign.add(signs);
    joined.add(joined_log10_p(std::array{places, signs}));
  }
  place.expect_nominal();
  sign.expect_nominal();
  joined.expect_nominal();
}

TEST(sign_null, the_binomial_tail_is_the_binomial_tail) {
  EXPECT_NEAR(sign_coherence_log10_p(10, 10), std::log10(2.0 / 1024), 1e-12);
  EXPECT_NEAR(sign_coherence_log10_p(10, 1), std::log10(2.0 * 11 / 1024), 1e-12);
  EXPECT_NEAR(sign_coherence_log10_p(1408, 1408), (1 - 1408) * std::log10(2.0), 1e-9);
  EXPECT_EQ(sign_coherence_log10_p(0, 0), 0);
  EXPECT_EQ(sign_coherence_log10_p(9, 5), 0);  // 2 P(X >= 5) = 1
}

TEST(sign_null, joined_tests_follow_the_law_of_a_product_of_uniforms) {
  EXPECT_NEAR(joined_log10_p(std::array{-1.0, -1.0}), std::log10(0.01 * (1 + std::log(100.0))), 1e-12);
  EXPECT_NEAR(joined_log10_p(std::array{-2.5}), -2.5, 1e-12);
  EXPECT_EQ(joined_log10_p(std::array{0.0, 0.0, 0.0}), 0);
  Random random(36);
  NullSize size;
  for (int t = 0; t < kNullPairs; ++t)
    size.add(joined_log10_p(std::array{std::log10(random.uniform()), std::log10(random.uniform()), 0.0}));
  size.expect_nominal();
}

Matrix gaussian_rows(Random& random, Index rows, Index columns) {
  Matrix out(rows, columns);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = static_cast<float>(random.normal());
  return out;
}

/// The power the test is for: all units permuted, nothing at its index, rows correlated at 0.45, signs kept.
TEST(sign_power, permuted_units_of_a_descendant_are_decisive_by_their_signs) {
  Random random(35);
  const Index units = 256, width = 96;
  UnitParts a{gaussian_rows(random, units, width), gaussian_rows(random, units, width),
              gaussian_rows(random, units, width)};
  UnitParts b;
  std::vector<Index> order(static_cast<std::size_t>(units));
  std::iota(order.begin(), order.end(), Index{0});
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) {
    (b.*part).resize(units, width);
    for (Index i = 0; i < units; ++i) (b.*part).row(i) = (a.*part).row(order[static_cast<std::size_t>(i)]);
    b.*part += 2.0F * gaussian_rows(random, units, width);
  }
  a.prepare();
  b.prepare();
  const UnitMatchP p = exact_p(match_units(a, b));
  EXPECT_GT(p.fixed, -4);
  EXPECT_LT(p.sign, -12);
}

}  // namespace
}  // namespace pedigree::weight
