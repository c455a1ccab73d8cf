// SPDX-License-Identifier: MIT
// The usual recipes, to stand beside the analyzer: no alignment, no null distribution.
#pragma once

#include <filesystem>
#include <vector>

#include "tests/lineage/pairs.hpp"

namespace pedigree::lineage {

/// Per pair: mean raw cosine of tensors with equal name and shape, and mean cosine of norm gains.
/// 0 where nothing could be compared.
struct Baselines {
  std::vector<double> raw_cosine, gain_cosine;
};
Baselines baselines(const std::filesystem::path& zoo, const std::vector<Pair>& pairs);

}  // namespace pedigree::lineage
