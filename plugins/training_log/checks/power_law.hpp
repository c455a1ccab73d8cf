// SPDX-License-Identifier: MIT
// L(s) = E + B s^-beta over the part before any final decay (Kaplan 2020; Hoffmann 2022).
#pragma once

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

struct PowerLaw {
  bool fitted = false;
  double floor = 0, scale = 0, exponent = 0;        ///< E (nat), B, beta
  double exponent_low = 0, exponent_high = 0;       ///< where the squared error stays within 10 % of the best
  double residual = 0;                              ///< robust deviation of the binned residuals, nat
  std::vector<double> bin_step, bin_loss, bin_fit;  ///< at most 60 logarithmic bins, for the report
};

/// Needs 30 points over a factor of 10 in steps; otherwise fitted = false. The median of each
/// logarithmic bin enters; E and beta by a grid with refinement, B by least squares. O(n + bins x grid).
PowerLaw fit_power_law(const Series& series);

}  // namespace pedigree::training_log
