// SPDX-License-Identifier: MIT
// A comparison that is stopped keeps the blocks it finished, and their p-values pay for all that were planned.
#include <gtest/gtest.h>

#include "plugins/weight/compare/layer_matching.hpp"
#include "plugins/weight/statistics/log_probability.hpp"
#include "plugins/weight/tests/null_size.hpp"

namespace pedigree::weight {
namespace {

constexpr std::size_t kLayers = 4;

LayerUnits units_of(Random& random, Index units = 16, Index width = 6) {
  LayerUnits out;
  out.layers = kLayers;
  for (std::size_t l = 0; l < kLayers; ++l) {
    LayerUnits::Block block;
    block.layer = l;
    block.width = static_cast<std::uint64_t>(units);
    for (Index i = 0; i < units; ++i) block.units.push_back(static_cast<std::uint32_t>(i));
    block.parts = {hostile_rows(random, units, width), hostile_rows(random, units, width),
                   hostile_rows(random, units, width)};
    block.parts.prepare();
    out.blocks.push_back(std::move(block));
  }
  return out;
}

/// Says "stop" from the `calls`-th question on.
Watch stopping_after(int calls) {
  Watch watch;
  watch.cancelled = [left = std::make_shared<int>(calls)] { return (*left)-- <= 0; };
  return watch;
}

TEST(stop, finished_blocks_stay_and_pay_for_the_whole_plan) {
  Random random(51);
  const LayerUnits a = units_of(random, 64, 32);
  const LayerMatching whole = match_layers(a, a, {}, Watch{});
  const LayerMatching part = match_layers(a, a, {}, stopping_after(2 * (static_cast<int>(kLayers) + 1)));
  EXPECT_FALSE(whole.stopped);
  EXPECT_EQ(whole.blocks_done, kLayers);
  EXPECT_TRUE(part.stopped);
  EXPECT_EQ(part.blocks_done, 2u);
  EXPECT_EQ(part.comparisons, whole.comparisons);
  EXPECT_EQ(part.pairs.size(), 2 * kLayers);
  const BlockMatch* same = part.find(0, 0);
  ASSERT_NE(same, nullptr);
  EXPECT_EQ(same->log10_p, whole.find(0, 0)->log10_p);
  EXPECT_EQ(part.find(3, 3), nullptr);
  EXPECT_LE(whole.best_log10_p, part.best_log10_p);
  EXPECT_LT(part.best_log10_p, -12);
}

TEST(stop, before_the_first_block_nothing_is_claimed) {
  Random random(52);
  const LayerUnits a = units_of(random);
  EXPECT_THROW(match_layers(a, a, {}, stopping_after(1)), Cancelled);
}

TEST(stop, a_stopped_comparison_of_strangers_keeps_its_level) {
  Random random(53);
  NullSize size;
  for (int t = 0; t < kNullPairs; ++t) {
    const int calls = 6 + static_cast<int>(random.below(12));
    size.add(match_layers(units_of(random), units_of(random), {}, stopping_after(calls)).best_log10_p);
  }
  size.expect_nominal();
}

}  // namespace
}  // namespace pedigree::weight
