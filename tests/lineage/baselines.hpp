// SPDX-License-Identifier: MIT
// The usual recipes, to stand beside the analyzer: no alignment (but UCKA's), no null distribution.
#pragma once

#include <string>
#include <vector>

#include "tests/lineage/pairs.hpp"

namespace pedigree::lineage {

/// One recipe's score of every pair; 0 where nothing could be compared.
struct Baseline {
  std::string name;
  std::vector<double> scores;
};

/// Over tensors of equal name and shape: mean raw cosine, mean centred cosine (each tensor minus its mean),
/// mean cosine of 4,096 evenly spaced values (Cisco's WVC), mean cosine of norm gains; and AWM's unbiased
/// CKA of q and k after a signed permutation of axes from embedding columns (greedy instead of optimal
/// assignment; same-index layers of one width).
std::vector<Baseline> baselines(const std::vector<Pair>& pairs);

}  // namespace pedigree::lineage
