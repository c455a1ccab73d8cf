// SPDX-License-Identifier: MIT
// For models too large to hold every unit: a few subject units against every unit of every
// reference layer. Finds what same-index samples cannot: permuted and pruned hidden units.
#pragma once

#include "plugins/weight/compare/component_comparison.hpp"

namespace pedigree::weight {

struct WholeLayerSearch {
  LayerUnits subject;    ///< the probe: four blocks at most, 64 units each, in the reference's basis
  LayerUnits reference;  ///< blocks named with all their units; their rows are not kept
  LayerMatching matching;
};

/// Reads one reference block at a time. Cost 2 * 256 * h * d per tensor and reference layer.
WholeLayerSearch search_whole_layers(const PreparedComponent& subject, const PreparedComponent& reference,
                                     const ResidualMap& map, const Watch& watch);

}  // namespace pedigree::weight
