// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/compare/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace pedigree::tokenizer {
namespace {

/// Quadratic textbook version, for comparison.
std::size_t slow_longest_increasing(const std::vector<std::uint32_t>& sequence) {
  std::vector<std::size_t> best(sequence.size(), 1);
  for (std::size_t i = 0; i < sequence.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (sequence[j] < sequence[i]) best[i] = std::max(best[i], best[j] + 1);
  return sequence.empty() ? 0 : *std::max_element(best.begin(), best.end());
}

std::vector<Places> in_reference_order(const std::vector<std::uint32_t>& subject_places) {
  std::vector<Places> out;
  for (std::uint32_t i = 0; i < subject_places.size(); ++i) out.push_back({subject_places[i], i});
  return out;
}

std::vector<std::uint32_t> permutation(std::size_t n, std::uint64_t seed) {
  std::vector<std::uint32_t> out(n);
  std::iota(out.begin(), out.end(), 0u);
  std::mt19937_64 random{seed};
  std::shuffle(out.begin(), out.end(), random);
  return out;
}

TEST(Order, longest_increasing_agrees_with_the_quadratic_version) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto sequence = permutation(1 + seed % 60, seed);
    if (seed % 3 == 0)
      for (auto& value : sequence) value /= 3;  // repeats: strictly increasing only
    EXPECT_EQ(longest_increasing(sequence), slow_longest_increasing(sequence)) << "seed " << seed;
  }
}

TEST(Order, one_order_with_gaps_scores_one) {
  // 10, 20, 30, ...: other numbers, same order, every neighbour kept.
  std::vector<Places> items;
  for (std::uint32_t i = 0; i < 1000; ++i) items.push_back({i * 10 + 5, i * 3});
  const auto order = order_of(items);
  EXPECT_EQ(order.longest, 1000u);
  EXPECT_DOUBLE_EQ(order.adjacency, 1.0);
  EXPECT_EQ(order.longest_block, 1000u);
  EXPECT_DOUBLE_EQ(order_score(order), 1.0);
}

TEST(Order, chance_scores_near_nothing_at_every_length) {
  // LIS of a random permutation of n is 2 sqrt(n) - 1.77 n^(1/6) + ... (Baik, Deift, Johansson 1999), below
  // the 7 / sqrt(n) that independent vocabularies reach. Adjacency of chance is 1 / n.
  for (const std::size_t n : {200u, 1000u, 20000u})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const auto order = order_of(in_reference_order(permutation(n, seed)));
      EXPECT_LT(order_score(order), 0.05) << n << " items, seed " << seed;
      EXPECT_NEAR(order.longest_ratio, longest_ratio_of_chance(n), 0.05);
    }
}

TEST(Order, a_block_moved_elsewhere_keeps_adjacency) {
  // 600 items moved behind 400: the longest order is the larger block, 999 - 1 neighbours stay.
  std::vector<std::uint32_t> places(1000);
  for (std::uint32_t i = 0; i < 1000; ++i) places[i] = i < 600 ? i + 400 : i - 600;
  const auto order = order_of(in_reference_order(places));
  EXPECT_EQ(order.longest, 600u);
  EXPECT_NEAR(order.adjacency, 998.0 / 999.0, 1e-12);
  EXPECT_EQ(order.longest_block, 600u);
}

TEST(Order, shifts_are_counted_and_sorted) {
  std::vector<Places> items;
  for (std::uint32_t i = 0; i < 10; ++i) items.push_back({i + 768, i});
  for (std::uint32_t i = 10; i < 14; ++i) items.push_back({i + 1000, i});
  const auto shifts = shifts_of(items, 5);
  ASSERT_EQ(shifts.size(), 2u);
  EXPECT_EQ(shifts[0].by, 768);
  EXPECT_EQ(shifts[0].items, 10u);
  EXPECT_EQ(shifts[1].by, 1000);
}

TEST(Order, nothing_and_one_item_score_zero) {
  EXPECT_EQ(order_score(order_of({})), 0.0);
  const std::vector<Places> one{{3, 4}};
  EXPECT_EQ(order_score(order_of(one)), 0.0);
}

}  // namespace
}  // namespace pedigree::tokenizer
