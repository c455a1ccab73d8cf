// SPDX-License-Identifier: MIT
// Attention of all layers taken together: heads, channels inside heads, and what unmatched layers' heads kept.
#pragma once

#include "plugins/weight/compare/component_comparison.hpp"

namespace pedigree::weight {

/// Same-index heads jointly, for components whose layers correspond one to one; where no units are shared at all,
/// heads of same-index layers are still looked at (attention reused alone). `layers` gets the heads of those, `out`
/// the sums and p-values, paid for with `maps` residual maps.
void settle_attention(const PreparedComponent& subject, const PreparedComponent& reference, const ResidualMap& map,
                      const LayerMap& layer_map, double maps, const Watch& watch, ComponentFinding& out);

}  // namespace pedigree::weight
