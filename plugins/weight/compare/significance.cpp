// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/significance.hpp"

#include <set>

#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {

constexpr double kSmallestEffect = 0.005;  // share of units, beside any p
constexpr double kAgreement = 0.10;
constexpr std::size_t kAgreeingUnits = 8, kAgreeingPlain = 24;  // of blocks with a gate, of plain ones

}  // namespace

bool significant(const BlockMatch& pair, double tests) {
  const bool exact =
      corrected_log10_p(pair.log10_p, tests) <= kRelated &&
      static_cast<double>(pair.match.matched()) >= kSmallestEffect * static_cast<double>(pair.match.subject_units);
  // Two tensors name one partner by chance about once a block, more often near common directions; three do not.
  const bool gated = pair.match.parts >= 3;
  const double agreement = gated ? pair.agreeing() : pair.agree_share;
  return exact ||
         (agreement >= kAgreement && pair.match.agreeing_mutual() >= (gated ? kAgreeingUnits : kAgreeingPlain));
}

FoundLayers found_layers(const LayerMatching& matching, const LayerUnits& subject, double tests) {
  std::set<std::size_t> read, found;
  for (const auto& block : subject.blocks) read.insert(block.layer);
  double fixed = 0, moved = 0;
  for (const auto& pair : matching.pairs) {
    if (!significant(pair, tests)) continue;
    found.insert(subject.blocks[pair.subject_block].layer);
    fixed += pair.fixed_share;
    moved += pair.moved_share;
  }
  FoundLayers out;
  if (!read.empty()) out.share = static_cast<double>(found.size()) / static_cast<double>(read.size());
  out.moved = moved > fixed;
  return out;
}

}  // namespace pedigree::weight
