// SPDX-License-Identifier: MIT
// AWM's similarity (Zeng et al. 2510.06738), as a baseline.
#pragma once

#include "tests/lineage/named_tensors.hpp"

namespace pedigree::lineage {

/// Mean unbiased CKA of W_q and W_k over same-named layers after aligning the residual axes by embedding
/// columns. 0 without a common embedding shape or above a width of 1024.
double unbiased_cka(const std::map<std::string, NamedTensor>& a, const std::map<std::string, NamedTensor>& b);

}  // namespace pedigree::lineage
