// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/increasing_run.hpp"

#include <algorithm>

namespace pedigree::weight {

std::size_t longest_increasing_run(std::span<const std::size_t> sequence) {
  std::vector<std::size_t> tails;  // tails[l] = smallest last value of a run of length l + 1
  for (const std::size_t value : sequence) {
    const auto at = std::lower_bound(tails.begin(), tails.end(), value);
    if (at == tails.end())
      tails.push_back(value);
    else
      *at = value;
  }
  return tails.size();
}

}  // namespace pedigree::weight
