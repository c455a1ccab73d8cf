// SPDX-License-Identifier: MIT
// Wide blocks are read by samples. Units that kept their places are in both samples; units that moved are met only as
// often as a sample is large, and what was inherited must not look smaller for that.
#include <gtest/gtest.h>

#include <numeric>

#include "plugins/weight/compare/layer_matching.hpp"
#include "plugins/weight/tests/null_size.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kWidth = 1024, kColumns = 48;
constexpr std::uint64_t kSampled = 256;

Matrix random_rows(Random& random) {
  Matrix out(kWidth, kColumns);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = static_cast<float>(random.normal());
  return out;
}

/// One layer of one block, of which `kSampled` units are read.
LayerUnits sample_of(const UnitParts& all) {
  LayerUnits::Block block;
  block.width = static_cast<std::uint64_t>(kWidth);
  block.units = spread_indices(block.width, kSampled);
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) {
    (block.parts.*part).resize(static_cast<Index>(kSampled), kColumns);
    for (std::size_t i = 0; i < block.units.size(); ++i)
      (block.parts.*part).row(static_cast<Index>(i)) = (all.*part).row(static_cast<Index>(block.units[i]));
  }
  block.parts.prepare();
  LayerUnits out;
  out.layers = 1;
  out.blocks.push_back(std::move(block));
  return out;
}

/// The first `kept` of the parent's units, the others new; all of them in another order when `moved`.
UnitParts child_of(Random& random, const UnitParts& parent, Index kept, bool moved) {
  std::vector<Index> order(static_cast<std::size_t>(kWidth));
  std::iota(order.begin(), order.end(), Index{0});
  for (std::size_t i = order.size(); moved && i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  UnitParts out{random_rows(random), random_rows(random), random_rows(random)};
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down})
    for (Index i = 0; i < kWidth; ++i)
      if (order[static_cast<std::size_t>(i)] < kept)
        (out.*part).row(i) = (parent.*part).row(order[static_cast<std::size_t>(i)]);
  return out;
}

BlockMatch compared(const UnitParts& subject, const UnitParts& reference) {
  const LayerUnits a = sample_of(subject), b = sample_of(reference);
  return compare_blocks(a, 0, b, 0, b.blocks[0].parts);
}

TEST(SampledShare, of_units_that_moved_is_that_of_all_units) {
  Random random(61);
  const UnitParts parent{random_rows(random), random_rows(random), random_rows(random)};
  const BlockMatch all = compared(child_of(random, parent, kWidth, true), parent);
  EXPECT_LT(all.share(), 0.4);  // a quarter of the partners was read
  EXPECT_GT(all.inherited(), 0.75);
  const BlockMatch half = compared(child_of(random, parent, kWidth / 2, true), parent);
  EXPECT_GT(half.inherited(), 0.25);  // 32 of 256 expected, four standard deviations either way
  EXPECT_LT(half.inherited(), 0.85);
}

TEST(SampledShare, of_units_that_stayed_is_not_scaled) {
  Random random(62);
  const UnitParts parent{random_rows(random), random_rows(random), random_rows(random)};
  const BlockMatch half = compared(child_of(random, parent, kWidth / 2, false), parent);
  EXPECT_NEAR(half.inherited(), 0.5, 0.02);
  EXPECT_NEAR(half.agreeing(), 0.5, 0.02);
}

TEST(SampledShare, of_a_stranger_stays_small) {
  Random random(63);
  const UnitParts parent{random_rows(random), random_rows(random), random_rows(random)};
  EXPECT_LT(compared(child_of(random, parent, 0, true), parent).agreeing(), 0.05);
}

}  // namespace
}  // namespace pedigree::weight
