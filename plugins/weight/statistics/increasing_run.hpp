// SPDX-License-Identifier: MIT
// Longest increasing subsequence (W7): order kept through pruning, insertion and deletion.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace pedigree::weight {

/// Length of the longest strictly increasing subsequence. O(m log m).
std::size_t longest_increasing_run(std::span<const std::size_t> sequence);

}  // namespace pedigree::weight
