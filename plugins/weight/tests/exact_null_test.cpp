// SPDX-License-Identifier: MIT
// Every p-value that may speak in a verdict, against simulated independent pairs: its size must not
// exceed the level. Rows share a mean direction, axes have unequal variance, tails are heavy.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "plugins/weight/align/polar.hpp"
#include "plugins/weight/align/residual_alignment.hpp"
#include "plugins/weight/compare/hidden_alignment.hpp"
#include "plugins/weight/compare/map_details.hpp"
#include "plugins/weight/statistics/head_match.hpp"
#include "plugins/weight/statistics/increasing_run.hpp"
#include "plugins/weight/statistics/log_probability.hpp"
#include "plugins/weight/statistics/unit_match.hpp"
#include "plugins/weight/statistics/untrained_tokens.hpp"
#include "plugins/weight/tests/null_size.hpp"

namespace pedigree::weight {
namespace {

/// Gated units have a free sign in common for up and down; plain ones have none.
UnitParts hostile_units(Random& random, Index units, Index width, bool gated = true) {
  UnitParts parts;
  if (gated) parts.gate = hostile_rows(random, units, width);
  parts.up = hostile_rows(random, units, width);
  parts.down = hostile_rows(random, units, width);
  for (Index i = 0; gated && i < units; ++i)
    if (random.uniform() < 0.5) {
      parts.up.row(i) *= -1;
      parts.down.row(i) *= -1;
    }
  parts.prepare();
  return parts;
}

TEST(exact_null, hidden_units_at_the_same_index_keep_their_level) {
  Random random(11);
  NullSize fixed, run, both;
  for (int t = 0; t < kNullPairs; ++t) {
    const UnitMatch match = match_units(hostile_units(random, 16, 6), hostile_units(random, 16, 6));
    const UnitMatchP p = exact_p(match);
    fixed.add(p.fixed);
    run.add(p.run);
    both.add(p.best(true));
  }
  fixed.expect_nominal();
  run.expect_nominal();
  both.expect_nominal();
}

TEST(exact_null, increasing_runs_of_unequal_widths_keep_their_level) {
  Random random(12);
  NullSize size;
  for (int t = 0; t < kNullPairs; ++t)
    size.add(exact_p(match_units(hostile_units(random, 12, 5, false), hostile_units(random, 20, 5, false))).run);
  size.expect_nominal();
}

TEST(exact_null, layers_taken_jointly_keep_their_level) {
  Random random(13);
  NullSize size;
  for (int t = 0; t < kNullPairs; ++t) {
    double expected = 0;
    std::size_t fixed = 0;
    for (int layer = 0; layer < 4; ++layer) {
      const UnitMatch match = match_units(hostile_units(random, 8, 4, false), hostile_units(random, 8, 4, false));
      expected += static_cast<double>(match.matched()) / 8.0;
      fixed += match.fixed();
    }
    size.add(joint_fixed_point_log10_p(expected, fixed));
  }
  size.expect_nominal();
}

TEST(exact_null, residual_axes_keep_their_level_when_tokens_share_meaning) {
  Random random(14);
  NullSize equal, unequal;
  for (int t = 0; t < kNullPairs; ++t) {
    // Both models embed one latent meaning of tokens, each through its own random axes.
    const Matrix meaning = hostile_rows(random, 40, 3);
    auto embed = [&](Index axes) {
      Matrix rows =
          meaning * hostile_rows(random, axes, 3).transpose() + 0.5F * hostile_rows(random, axes, 40).transpose();
      centre_and_normalise_rows(rows);
      return rows;
    };
    equal.add(match_axes({embed(14), embed(14), 40}).log10_p());
    unequal.add(match_axes({embed(10), embed(14), 40}).log10_p());
  }
  equal.expect_nominal();
  unequal.expect_nominal();
}

TEST(exact_null, heads_keep_their_level) {
  Random random(15);
  NullSize size;
  const HeadCounts counts{8, 4, 2};
  auto parts = [&] {
    return AttentionParts{hostile_rows(random, 16, 6), hostile_rows(random, 8, 6), hostile_rows(random, 8, 6),
                          hostile_rows(random, 16, 6)};
  };
  for (int t = 0; t < kNullPairs; ++t) {
    const HeadMatch match = match_heads(parts(), counts, parts(), counts);
    ASSERT_TRUE(match.valid);
    size.add(joint_fixed_point_log10_p(match.expected_fixed, match.fixed));
  }
  size.expect_nominal();
}

TEST(exact_null, untrained_rows_keep_their_level) {
  Random random(16);
  NullSize mantel, labels;
  for (int t = 0; t < kNullPairs; ++t) {
    const auto u = compare_untrained(hostile_rows(random, 9, 5), hostile_rows(random, 9, 5), random.next(), 99);
    ASSERT_TRUE(u.valid);
    mantel.add(u.log10_p);
    labels.add(u.same_basis_log10_p);
  }
  mantel.expect_nominal();
  labels.expect_nominal();
}

TEST(exact_null, a_map_fitted_on_even_units_leaves_odd_units_exact) {
  Random random(17);
  NullSize size;
  for (int t = 0; t < kNullPairs; ++t) {
    auto units = [&] {
      LayerUnits out;
      out.layers = 1;
      LayerUnits::Block block;
      block.width = 24;
      for (std::uint32_t i = 0; i < 24; ++i) block.units.push_back(i);
      block.parts = hostile_units(random, 24, 5);
      out.blocks.push_back(std::move(block));
      return out;
    };
    const LayerUnits a = units(), b = units();
    const auto found = hidden_unit_alignment(a, b);
    ASSERT_TRUE(found);
    const LayerUnits odd_a = odd_units(a), odd_b = odd_units(b);
    size.add(exact_p(match_units(odd_a.blocks[0].parts, mapped_units(odd_b.blocks[0].parts, found->map))).fixed);
  }
  size.expect_nominal();
}

TEST(exact_null, longest_runs_of_random_permutations_keep_their_level) {
  Random random(18);
  NullSize size;
  std::vector<std::size_t> order(30);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (int t = 0; t < kNullPairs; ++t) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    size.add(increasing_run_log10_p(order.size(), longest_increasing_run(order)));
  }
  size.expect_nominal();
}

/// W4. Embeddings that agree in what they say and not in their basis: E = S R with S common, R Haar's. Small widths are
/// hard on the bound: the union over signed permutations costs least there.
TEST(exact_null, relabelled_axes_of_random_rotations_keep_their_level) {
  Random random(25);
  NullSize size;
  for (int t = 0; t < kNullPairs; ++t) {
    const Matrix common = hostile_rows(random, 24, 5);
    const auto side = [&] {
      Matrix turn(5, 5);
      for (Index i = 0; i < turn.size(); ++i) turn.data()[i] = static_cast<float>(random.normal());
      return Matrix(common * polar_factor(turn) + 0.05F * hostile_rows(random, 24, 5));
    };
    const TokenRows rows{side(), side(), 24};
    size.add(haar_trace_log10_p(5, residual_trace(orthogonal_map(rows))));
  }
  size.expect_nominal();
}

TEST(exact_null, relabelled_axes_are_seen_where_no_axis_kept_its_place) {
  Random random(26);
  const Index width = 96;
  Matrix a(600, width), b(600, width);
  for (Index i = 0; i < a.size(); ++i) a.data()[i] = static_cast<float>(random.normal());
  for (Index j = 0; j < width; ++j) b.col(j) = (j % 2 != 0 ? -1.0F : 1.0F) * a.col((j * 37 + 5) % width);
  for (Index i = 0; i < b.size(); ++i) b.data()[i] += static_cast<float>(random.normal());
  const double trace = residual_trace(orthogonal_map({a, b, 600}));
  EXPECT_LT(haar_trace_log10_p(static_cast<std::size_t>(width), trace), -12);
  EXPECT_LE(trace, static_cast<double>(width));
}

}  // namespace
}  // namespace pedigree::weight
