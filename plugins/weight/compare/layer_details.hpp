// SPDX-License-Identifier: MIT
// What a pair of related layers has in common beyond its units: spectra, scales, heads, difference.
#pragma once

#include "plugins/weight/compare/component_comparison.hpp"

namespace pedigree::weight {

/// Every how many layers attention is compared where not in all: in eight layers of a model up to 4096 wide, in
/// as few as two of a wider one, since a layer's cost grows with the cube of its width.
std::size_t attention_step(const ComponentView& view);

/// True of every layer of a narrow model (residual width up to 2048), else of every attention_step-th.
bool describes_attention(const ComponentView& view, std::size_t layer);

/// Fills roles, difference and heads of `finding` for two blocks and the layers they lie in. `pair`
/// carries the units' partners.
void describe_layers(const PreparedComponent& subject, const LayerUnits::Block& subject_block,
                     const PreparedComponent& reference, const LayerUnits::Block& reference_block,
                     const ResidualMap& map, const BlockMatch& pair, bool swapped, LayerFinding& finding);

/// Only the attention, for layers whose units have nothing in common: heads, and what q, k, v and o of paired heads
/// kept. Fills nothing when heads cannot be compared.
void describe_attention_alone(const PreparedComponent& subject, std::size_t l, const PreparedComponent& reference,
                              std::size_t r, const ResidualMap& map, LayerFinding& finding);

}  // namespace pedigree::weight
