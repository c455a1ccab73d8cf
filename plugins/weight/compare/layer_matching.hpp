// SPDX-License-Identifier: MIT
// Every subject layer against every reference layer by hidden units, under one residual map.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "plugins/weight/align/residual_alignment.hpp"
#include "plugins/weight/compare/watch.hpp"
#include "plugins/weight/model/model_view.hpp"
#include "plugins/weight/statistics/diagonal_mean.hpp"
#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {

/// One side's units of all layers, sampled as stated, prepared (centred, length one).
struct LayerUnits {
  struct Block {
    std::size_t layer = 0, mlp = 0;    ///< places in ComponentView::layers and LayerView::mlps
    std::uint64_t width = 0;           ///< units in the file
    std::vector<std::uint32_t> units;  ///< which of them were read
    UnitParts parts;
    bool free_signs = true;  ///< up and down may change sign together; not so in up + 1 (GPT-OSS)
    bool complete() const { return units.size() == width; }
  };
  std::vector<Block> blocks;
  std::size_t layers = 0;
  std::size_t silenced_rows = 0;  ///< rows with NaN or infinity, left out
  std::size_t layers_read = 0, mlps_skipped = 0;
  bool sampled() const {
    return std::any_of(blocks.begin(), blocks.end(), [](const Block& b) { return !b.complete(); });
  }
};

/// How much is read. Chosen from the shapes alone, before any value is seen.
struct SamplePlan {
  std::uint64_t units = 0;                         ///< per block; 0 = all
  std::uint64_t experts = 8;                       ///< routed experts per layer
  std::uint64_t bytes = std::uint64_t{224} << 20;  ///< budget of one side's floats
};

/// The plan cut down to what both components can be held in, each within plan.bytes: routed experts are given up
/// first (down to two), then units (down to eight of a block). One plan for both sides: tests of equal indices
/// need equal samples.
SamplePlan fitted(SamplePlan plan, const ComponentView& a, const ComponentView& b);

/// Reads within fitted(plan, component, component).
LayerUnits read_layer_units(const ModelView& model, const ComponentView& component, const SamplePlan& plan,
                            const Watch& watch, bool swap_gate_up = false);

/// The comparison of one pair of blocks.
struct BlockMatch {
  std::size_t subject_block = 0, reference_block = 0;
  UnitMatch match;
  UnitMatchP p;
  bool same_units = false;  ///< same width and same sample: index tests apply
  double log10_p = 0;       ///< exact, before correction for the number of pairs
  double fixed_share = 0;   ///< of the subject's units: mutual neighbours at the same index
  double agree_share = 0;   ///< of the subject's units: mutual neighbours named by every tensor
  double share() const { return fixed_share > agree_share ? fixed_share : agree_share; }
  double moved_share = 0;     ///< of agree_share: at another index
  double reference_seen = 1;  ///< share of the reference's units that were read, in (0, 1]
  /// agree_share as it would be had all units of the reference been read: a unit that moved is met by a sample as
  /// often as the sample is large. Few moved units are not scaled up.
  double agreeing() const;
  /// The larger of that and fixed_share.
  double inherited() const { return std::max(fixed_share, agreeing()); }
};

struct LayerMatching {
  ResidualMap map;
  std::vector<BlockMatch> pairs;  ///< best reference block per (subject block, reference layer)
  MatrixD share;                  ///< subject layer x reference layer, mean over blocks
  MatrixD log10_p;                ///< best exact p of the layer pair
  double diagonal_log10_p = 0;    ///< exact, same-index layers taken jointly, no search: places of units
  double sign_log10_p = 0;        ///< the same for signs of units, wherever their partners sit
  double best_log10_p = 0;        ///< corrected for pairs and statistics inside this map
  std::size_t comparisons = 0;    ///< planned; every p is paid for with them, also when the user stopped before the end
  std::size_t blocks_done = 0;    ///< reference blocks that were compared with every block of the subject
  bool stopped = false;           ///< not all of them
  const BlockMatch* find(std::size_t subject_block, std::size_t reference_block) const;
};

/// Reference units in the subject's basis.
UnitParts mapped_units(const UnitParts& parts, const ResidualMap& map);

/// Rows of matched units of the chosen pairs, subject's and reference's own bases, for making a map.
TokenRows matched_rows(const LayerUnits& subject, const LayerUnits& reference, const std::vector<BlockMatch>& pairs,
                       const std::function<bool(const BlockMatch&)>& chosen);

/// W3 over same-index blocks as they are (gate rows, or up rows of plain blocks): mean over blocks, z joined
/// as sum / sqrt(blocks), best p corrected for them. Not valid when blocks do not correspond.
DiagonalMean diagonal_screen(const LayerUnits& subject, const LayerUnits& reference);

/// Puts the p-values of `before` into `after`: a map made from unit labels may describe, not test.
void keep_p_values(const LayerMatching& before, LayerMatching& after);

/// One pair of blocks; `reference_parts` are the reference block's units in the subject's basis.
BlockMatch compare_blocks(const LayerUnits& subject, std::size_t subject_block, const LayerUnits& reference,
                          std::size_t reference_block, const UnitParts& reference_parts);

/// Corrections and summaries over all pairs that were compared.
LayerMatching assemble_matching(const LayerUnits& subject, const LayerUnits& reference, std::vector<BlockMatch> all,
                                const ResidualMap& map);

/// Compares all pairs. `reference` is in its own basis; `map` brings it into the subject's. When the user stops it,
/// the reference blocks that are finished stay: which those are is decided by the clock and not by any value, and
/// they pay for the pairs that were planned, so their p-values hold.
LayerMatching match_layers(const LayerUnits& subject, const LayerUnits& reference, const ResidualMap& map,
                           const Watch& watch);

}  // namespace pedigree::weight
