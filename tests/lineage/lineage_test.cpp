// SPDX-License-Identifier: MIT
// The zoo's ground truth holds. Runs where ../shared is at hand.
#include <gtest/gtest.h>

#include <iostream>
#include <stdexcept>

#include "tests/lineage/table.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::lineage {
namespace {

TEST(lineage, every_pair_of_the_zoo_is_judged_rightly) {
  PEDIGREE_NEEDS_SHARED(unpacked, testing::unpacked_folder());
  const auto zoo = unpacked / "zoo";
  const auto pairs = read_pairs(zoo / "pairs.csv");
  std::vector<Measured> measured;
  for (const auto& theirs : by_model(pairs))
    for (auto& m : measure(theirs, 2)) measured.push_back(std::move(m));
  print(std::cout, measured);
  print_baselines(std::cout, pairs);
  const Summary s = summarise(measured);
  EXPECT_EQ(s.found, s.related);
  EXPECT_EQ(s.false_derived, 0u);
  EXPECT_EQ(s.shared_named, s.shared);
  EXPECT_EQ(s.auc, 1.0);
}

/// Wide models are read by samples of their units; here small ones are, thinly enough that units which moved are
/// met a few times a block.
TEST(lineage, sampled_units_judge_the_zoo_as_rightly) {
  PEDIGREE_NEEDS_SHARED(unpacked, testing::unpacked_folder());
  std::vector<Measured> measured;
  for (const auto& theirs : by_model(read_pairs(unpacked / "zoo" / "pairs.csv")))
    for (auto& m : measure(theirs, 2, 48)) measured.push_back(std::move(m));
  const Summary s = summarise(measured);
  EXPECT_EQ(s.found, s.related);
  EXPECT_EQ(s.false_derived, 0u);
  EXPECT_EQ(s.shared_named, s.shared);
  for (const auto& m : measured)
    EXPECT_TRUE(m.pair.label != "yes" || m.relation == "derived") << m.pair.model << " " << m.relation;
}

TEST(lineage, area_under_curve_counts_ties_half) {
  // Of the four (related, independent) pairs two are in order, one is reversed and one is tied.
  EXPECT_DOUBLE_EQ(area_under_curve({3, 1}, {1, 2}), (1 + 1 + 0.5 + 0) / 4);
  EXPECT_DOUBLE_EQ(found_at_zero_false({3, 1}, {1, 2}), 0.5);
}

TEST(lineage, a_manifest_names_its_mistakes) {
  const testing::TemporaryFolder folder;
  folder.write("a/model.safetensors", "");
  folder.write("b/model.safetensors", "");
  const auto manifest = folder.write("m.txt", "# what is what\n\na b derived laundered\nb a independent\n");
  const auto pairs = read_manifest(manifest);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].model_path, folder.path() / "a");
  EXPECT_EQ(pairs[0].label, "yes");
  EXPECT_EQ(pairs[0].kind, "laundered");
  EXPECT_EQ(pairs[1].label, "no");
  EXPECT_EQ(by_model(pairs).size(), 2u);
  folder.write("m.txt", "a b cousin\n");
  EXPECT_THROW(read_manifest(manifest), std::runtime_error);
  folder.write("m.txt", "a c derived\n");
  EXPECT_THROW(read_manifest(manifest), std::runtime_error);
}

}  // namespace
}  // namespace pedigree::lineage
