// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "plugins/behavior/statistics/change_point.hpp"
#include "plugins/behavior/statistics/exact.hpp"
#include "plugins/behavior/statistics/log_odds.hpp"
#include "plugins/behavior/statistics/neighbor_joining.hpp"
#include "plugins/behavior/statistics/palimpsest.hpp"

namespace pedigree::behavior {
namespace {

TEST(SignTest, small_cases_by_hand) {
  EXPECT_NEAR(log10_sign_test(5, 0), std::log10(1.0 / 32), 1e-12);   // one way out of 2^5
  EXPECT_NEAR(log10_sign_test(4, 1), std::log10(6.0 / 32), 1e-12);   // (5 + 1) / 32
  EXPECT_NEAR(log10_sign_test(1, 4), std::log10(31.0 / 32), 1e-12);  // all but (0,5)
  EXPECT_EQ(log10_sign_test(0, 0), 0);
  EXPECT_NEAR(log10_sign_test(2000, 0), -2000 * std::log10(2.0), 1e-6);  // far below the smallest double
}

TEST(SignTest, size_is_never_above_nominal_under_the_null) {
  std::mt19937_64 random{7};
  std::binomial_distribution<int> fair{60, 0.5};
  int below05 = 0, below01 = 0, below001 = 0;
  constexpr int kTrials = 20000;
  for (int t = 0; t < kTrials; ++t) {
    const auto wins = static_cast<std::size_t>(fair(random));
    const double p = log10_sign_test(wins, 60 - wins);
    below05 += p <= std::log10(0.05) ? 1 : 0;
    below01 += p <= std::log10(0.01) ? 1 : 0;
    below001 += p <= -3 ? 1 : 0;
  }
  // Three binomial standard errors above nominal.
  EXPECT_LE(below05, kTrials * 0.05 + 3 * std::sqrt(kTrials * 0.05));
  EXPECT_LE(below01, kTrials * 0.01 + 3 * std::sqrt(kTrials * 0.01));
  EXPECT_LE(below001, kTrials * 0.001 + 3 * std::sqrt(kTrials * 0.001));
}

TEST(Holm, adjusts_as_in_the_textbook) {
  // p = .01 .04 .03 -> .03 (x3), .03 x 2 = .06, .04 x 1 -> max(.06, .04) = .06.
  const auto adjusted = holm({std::log10(0.01), std::log10(0.04), std::log10(0.03)});
  EXPECT_NEAR(adjusted[0], std::log10(0.03), 1e-12);
  EXPECT_NEAR(adjusted[1], std::log10(0.06), 1e-12);
  EXPECT_NEAR(adjusted[2], std::log10(0.06), 1e-12);
}

TEST(Conformal, has_the_floor_that_its_controls_allow) {
  std::vector<double> controls(19);
  std::iota(controls.begin(), controls.end(), 0.0);
  EXPECT_DOUBLE_EQ(conformal_p(100, controls), 0.05);  // 1 / 20
  EXPECT_DOUBLE_EQ(conformal_p(-1, controls), 1.0);
  EXPECT_DOUBLE_EQ(conformal_p(18, controls), 0.10);  // one control at least as high
}

TEST(OrderTest, exact_moments_and_the_published_example) {
  // README of the method: n = 100,000, rho = -0.0779, p = 2.3e-134 (log10 -133.6). z = 0.0779 sqrt(99999) = 24.63.
  EXPECT_NEAR(log10_normal_tail(0.0779 * std::sqrt(99999.0)), -133.6, 0.5);
  EXPECT_NEAR(log10_normal_tail(0), std::log10(0.5), 1e-12);
  EXPECT_LT(log10_normal_tail(100), -2170);
}

TEST(OrderTest, is_uniform_or_conservative_under_random_order) {
  std::mt19937_64 random{3};
  std::normal_distribution<double> heavy;
  int below05 = 0, below01 = 0;
  constexpr int kTrials = 4000;
  for (int t = 0; t < kTrials; ++t) {
    std::vector<double> position(120), loss(120);
    std::iota(position.begin(), position.end(), 0.0);
    for (auto& v : loss) v = std::pow(heavy(random), 3);
    const double p = order_test(position, loss).log10_p;
    below05 += p <= std::log10(0.05) ? 1 : 0;
    below01 += p <= -2 ? 1 : 0;
  }
  EXPECT_LE(below05, kTrials * 0.05 + 3.3 * std::sqrt(kTrials * 0.05));
  EXPECT_LE(below01, kTrials * 0.01 + 3.3 * std::sqrt(kTrials * 0.01));
}

TEST(ChangePoint, finds_a_step_and_brackets_it) {
  std::mt19937_64 random{11};
  std::vector<DatedAnswer> answers;
  for (int month = 228; month < 312; ++month)  // 2019-01 .. 2025-12, the step after 2023-09 (month 284)
    for (int k = 0; k < 2; ++k) {
      const double share = month <= 284 ? 0.85 : 0.1;
      answers.push_back({month, std::uniform_real_distribution<>{}(random) < share});
    }
  const auto found = estimate_cutoff(answers);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->month, 284, 4);
  EXPECT_LE(found->low, 284);
  EXPECT_GE(found->high, 284 - 2);
  EXPECT_GT(found->gain, 5);
}

TEST(ChangePoint, equal_cutoffs_are_not_told_apart_and_distant_ones_are) {
  const auto answers = [](int last, unsigned seed) {
    std::mt19937_64 random{seed};
    std::vector<DatedAnswer> a;
    for (int month = 228; month < 312; ++month)
      for (int k = 0; k < 2; ++k)
        a.push_back({month, std::uniform_real_distribution<>{}(random) < (month <= last ? 0.9 : 0.05)});
    return a;
  };
  EXPECT_GT(log10_same_cutoff(answers(280, 1), answers(280, 2)), std::log10(0.05));
  EXPECT_LT(log10_same_cutoff(answers(260, 1), answers(290, 2)), -3);
}

TEST(LogOdds, names_the_wording_a_model_prefers) {
  const Counts a{{"as-an-ai", 40}, {"sorry-but", 10}}, b{{"as-an-ai", 10}, {"sorry-but", 40}};
  const Counts all{{"as-an-ai", 50}, {"sorry-but", 50}};
  const auto z = log_odds_z(a, b, all, 10);
  EXPECT_GT(z.at("as-an-ai"), 3);
  EXPECT_NEAR(z.at("as-an-ai"), -z.at("sorry-but"), 1e-12);
  EXPECT_DOUBLE_EQ(profile_affinity(a, a), 1.0);
  EXPECT_DOUBLE_EQ(profile_affinity({{"x", 3}}, {{"y", 3}}), 0.0);
}

TEST(NeighborJoining, recovers_an_additive_tree) {
  // The tree ((A:2,B:3):3,C:4,D:...): distances by adding branches, with inner branches 3 and 2:
  // A-B 5, A-C 9, A-D 10, A-E 9, B-C 10, B-D 11, B-E 10, C-D 9, C-E 8, D-E 5 (Wikipedia's worked example is of this
  // kind).
  const std::vector<std::string> names{"A", "B", "C", "D", "E"};
  const DistanceMatrix d{{0, 5, 9, 9, 8}, {5, 0, 10, 10, 9}, {9, 10, 0, 8, 7}, {9, 10, 8, 0, 3}, {8, 9, 7, 3, 0}};
  const auto tree = neighbor_joining(names, d);
  // Known result: a-b joined with lengths 2 and 3; d-e with 2 and 1; c at 4; inner branches 3 and 2.
  std::map<std::string, double> lengths;
  const std::function<void(const TreeNode&)> walk = [&](const TreeNode& n) {
    if (n.children.empty()) lengths[n.name] = n.length;
    for (const auto& c : n.children) walk(c);
  };
  walk(tree);
  EXPECT_NEAR(lengths["A"], 2, 1e-9);
  EXPECT_NEAR(lengths["B"], 3, 1e-9);
  EXPECT_NEAR(lengths["C"], 4, 1e-9);
  EXPECT_NEAR(lengths["D"], 2, 1e-9);
  EXPECT_NEAR(lengths["E"], 1, 1e-9);
}

TEST(NeighborJoining, newick_quotes_hostile_names) {
  const auto tree = neighbor_joining({"a b", "it's", "x(y)"}, {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}});
  EXPECT_EQ(to_newick(tree), "('a b':0.500000,'it''s':0.500000,'x(y)':0.500000);");
}

TEST(NeighborJoining, support_is_one_when_every_replicate_agrees) {
  const std::vector<std::string> names{"A", "B", "C", "D"};
  const DistanceMatrix d{{0, 1, 9, 9}, {1, 0, 9, 9}, {9, 9, 0, 1}, {9, 9, 1, 0}};
  auto tree = neighbor_joining(names, d);
  add_support(tree, names, 20, [&](int) { return d; });
  bool inner = false;
  const std::function<void(const TreeNode&, bool)> walk = [&](const TreeNode& n, bool root) {
    if (!root && !n.children.empty()) {
      inner = true;
      EXPECT_DOUBLE_EQ(n.support, 1.0);
    }
    for (const auto& c : n.children) walk(c, false);
  };
  walk(tree, true);
  EXPECT_TRUE(inner);
}

}  // namespace
}  // namespace pedigree::behavior
