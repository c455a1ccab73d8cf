// SPDX-License-Identifier: MIT
// What a pair of related layers has in common beyond its units: spectra, scales, heads, difference.
#pragma once

#include "plugins/weight/compare/component_comparison.hpp"

namespace pedigree::weight {

/// Attention of wide models (residual width above 2048) is compared in about eight layers.
bool describes_attention(const ComponentView& view, std::size_t layer);

/// Heads of a component as counted for W6.
HeadCounts head_counts(const ComponentView& view);

/// Fills roles, difference and heads of `finding` for two blocks and the layers they lie in. `pair`
/// carries the units' partners.
void describe_layers(const PreparedComponent& subject, const LayerUnits::Block& subject_block,
                     const PreparedComponent& reference, const LayerUnits::Block& reference_block,
                     const ResidualMap& map, const BlockMatch& pair, bool swapped, LayerFinding& finding);

/// How the values of a middle layer are stored: zeros, few different values.
ValueTexture stored_texture(const PreparedComponent& prepared);

/// Only the heads, for layers whose units have nothing in common.
HeadMatch compare_heads(const PreparedComponent& subject, std::size_t l, const PreparedComponent& reference,
                        std::size_t r, const ResidualMap& map);

}  // namespace pedigree::weight
