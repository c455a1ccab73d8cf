// SPDX-License-Identifier: MIT
// Do two lists hold their common items in the same order? Longest increasing subsequence, adjacency, blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pedigree::tokenizer {

/// Places of one common item in the two lists (ids, or ranks of merges).
struct Places {
  std::uint32_t subject = 0, reference = 0;
};

/// A shift between the two lists and how many items have it.
struct Shift {
  std::int64_t by = 0;
  std::size_t items = 0;
};

/// Statistics of methods.md section 4.1. Ratios are 0 for fewer than two items.
struct OrderStatistics {
  std::size_t items = 0;
  std::size_t longest = 0;        ///< longest increasing common subsequence
  double longest_ratio = 0;       ///< longest / items: 1 for one order, near 2/sqrt(items) for chance
  double adjacency = 0;           ///< share of neighbours in the reference that are neighbours in the subject
  std::size_t longest_block = 0;  ///< items of the longest run that both lists hold without a gap
  std::size_t equal_places = 0;   ///< items with the same place in both
};

/// Length of the longest strictly increasing subsequence; O(n log n), linear for sorted input.
std::size_t longest_increasing(std::span<const std::uint32_t> sequence);

/// `items` ascend by reference place; subject places are distinct. Neighbours are meant among the
/// common items, so tokens that only one side has do not matter.
OrderStatistics order_of(std::span<const Places> items);

/// The most frequent shifts subject - reference, largest first, at most `most`.
std::vector<Shift> shifts_of(std::span<const Places> items, std::size_t most);

/// What LIS / items would be for a random order of n items: 2 / sqrt(n) (Vershik-Kerov, Logan-Shepp 1977).
double longest_ratio_of_chance(std::size_t items);

/// What LIS / items reaches for two vocabularies learned separately: 7.5 / sqrt(n), at most 1. "Frequent
/// first" is common to both, so it lies above chance, but it falls with the length as chance does: over all
/// pairs of independent vocabularies, each cut to 400 ... 130,000 tokens, ratio times sqrt(n) stays below
/// 7.7, and neighbours kept below 43 (docs/analyzers/tokenizer.md, calibration).
double longest_ratio_of_strangers(std::size_t items);

/// How far the order is from that of independent vocabularies of the same size, 0 (as theirs) to 1 (one
/// order): the larger of LIS ratio and adjacency, each counted beyond what independent vocabularies reach.
double order_score(const OrderStatistics& order);

}  // namespace pedigree::tokenizer
