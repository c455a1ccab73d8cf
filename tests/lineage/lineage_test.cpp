// SPDX-License-Identifier: MIT
// The zoo's ground truth holds. Runs where ../shared is at hand.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/lineage/baselines.hpp"
#include "tests/lineage/table.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::lineage {
namespace {

TEST(lineage, every_pair_of_the_zoo_is_judged_rightly) {
  PEDIGREE_NEEDS_SHARED(unpacked, testing::unpacked_folder());
  const auto zoo = unpacked / "zoo";
  const auto pairs = read_pairs(zoo / "pairs.csv");
  std::map<std::string, std::vector<Pair>> by_model;
  for (const auto& pair : pairs) by_model[pair.model].push_back(pair);
  std::vector<Measured> measured;
  for (const auto& [model, theirs] : by_model)
    for (auto& m : measure(zoo, model, theirs, 2)) measured.push_back(std::move(m));
  print(std::cout, measured);
  const Baselines naive = baselines(zoo, pairs);
  print_baseline(std::cout, "mean raw cosine, same names", pairs, naive.raw_cosine);
  print_baseline(std::cout, "norm-gain cosine", pairs, naive.gain_cosine);
  const Summary s = summarise(measured);
  EXPECT_EQ(s.found, s.related);
  EXPECT_EQ(s.false_derived, 0u);
  EXPECT_EQ(s.shared_named, s.shared);
  EXPECT_EQ(s.auc, 1.0);
}

TEST(lineage, area_under_curve_counts_ties_half) {
  // Of the four (related, independent) pairs two are in order, one is reversed and one is tied.
  EXPECT_DOUBLE_EQ(area_under_curve({3, 1}, {1, 2}), (1 + 1 + 0.5 + 0) / 4);
  EXPECT_DOUBLE_EQ(found_at_zero_false({3, 1}, {1, 2}), 0.5);
}

}  // namespace
}  // namespace pedigree::lineage
