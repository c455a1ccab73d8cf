// SPDX-License-Identifier: MIT
// What a pair of related layers has in common beyond its units: spectra, scales, heads, difference.
#pragma once

#include "plugins/weight/compare/component_comparison.hpp"

namespace pedigree::weight {

/// Heads of a component as counted for W6.
HeadCounts head_counts(const ComponentView& view);

/// Fills roles, difference and heads of `finding` for subject layer `l` and reference layer `r`.
/// `pair` is the block match that carries the units' partners.
void describe_layers(const PreparedComponent& subject, const PreparedComponent& reference, const ResidualMap& map,
                     const BlockMatch& pair, bool swapped, LayerFinding& finding);

/// How the values of a middle layer are stored: zeros, few different values.
ValueTexture stored_texture(const PreparedComponent& prepared);

/// Only the heads, for layers whose units have nothing in common.
HeadMatch compare_heads(const PreparedComponent& subject, std::size_t l, const PreparedComponent& reference,
                        std::size_t r, const ResidualMap& map);

}  // namespace pedigree::weight
