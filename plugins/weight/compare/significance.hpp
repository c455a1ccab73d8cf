// SPDX-License-Identifier: MIT
// When two layers count as related, and for how many layers that is shown.
#pragma once

#include "plugins/weight/compare/layer_matching.hpp"

namespace pedigree::weight {

inline constexpr double kRelated = -6;  ///< log10 p, corrected, that makes a pair of layers worth describing

/// Exact p (corrected for `tests`) of 1e-6 with an effect, or agreement of all tensors on 10 % of the units
/// (independent zoo pairs: 4.2 % at most; read by samples of 16 to 160 units of a block, none reaches the numbers
/// asked).
bool significant(const BlockMatch& pair, double tests);

struct FoundLayers {
  double share = 0;    ///< of the subject's layers that were read: those with a source
  bool moved = false;  ///< most of what was found there sits at another index
};
FoundLayers found_layers(const LayerMatching& matching, const LayerUnits& subject, double tests);

}  // namespace pedigree::weight
