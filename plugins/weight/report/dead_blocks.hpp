// SPDX-License-Identifier: MIT
// Blocks that hold nothing: a model of zeros or NaN must not look like one without a parent.
#pragma once

#include "pedigree/analyzer.hpp"
#include "plugins/weight/compare/layer_matching.hpp"

namespace pedigree::weight {

/// Takes out feed-forward blocks of which more than half of the units read are zero or were not
/// finite, and warns of them. `units` must be prepared.
void drop_dead_blocks(const Host& host, std::string_view model, LayerUnits& units);

}  // namespace pedigree::weight
