// SPDX-License-Identifier: MIT
// A residual map from hidden units instead of tokens: for rotated models without a common vocabulary.
#pragma once

#include <optional>

#include "plugins/weight/compare/layer_matching.hpp"

namespace pedigree::weight {

/// Fitted on the even places of every same-index block. Relabelling the odd places alone is still a
/// symmetry of independent models, and it leaves the fit untouched: a fixed-point test on odd
/// places is exact although the map was made from labels.
struct HiddenUnitAlignment {
  ResidualMap map;
};

/// Nothing when layers or widths do not correspond, or when there are fewer rows than twice the width.
std::optional<HiddenUnitAlignment> hidden_unit_alignment(const LayerUnits& subject, const LayerUnits& reference);

/// The odd places of every block, in order.
LayerUnits odd_units(const LayerUnits& units);

}  // namespace pedigree::weight
