// SPDX-License-Identifier: MIT
// Spike-in: what this comparison would have caught. Without it "nothing found" means nothing.
#pragma once

#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {

struct Power {
  double row_correlation = 1;  ///< smallest tried correlation between rows that is detected
  double inherited_share = 1;  ///< smallest tried share of units copied (correlation 0.6) that is detected
  bool measured = false;
};

/// Plants rho * subject + sqrt(1 - rho^2) * reference in place of the reference's units (its real
/// rows serve as the noise) and asks whether the exact test, taken jointly over `layers` such
/// layers and corrected for `tests`, reaches log10 p <= -12. With unequal counts of units the planted ones
/// keep their order and the increasing run is judged, one layer at a time. Prepared parts, one basis.
Power spike_in(const UnitParts& subject, const UnitParts& reference, std::size_t layers, double tests);

}  // namespace pedigree::weight
