// SPDX-License-Identifier: MIT
// Does the noise look like a batch's? A printed loss is the mean over a batch: fresh noise every step.
#pragma once

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

struct Noise {
  bool enough = false;   ///< at least 200 points
  double deviation = 0;  ///< robust deviation of the differences over sqrt 2, nat
  double difference_correlation =
      0;                        ///< lag-1 autocorrelation of first differences: -0.5 for fresh noise, > 0 when smoothed
  double repeated_share = 0;    ///< share of residual blocks of 8 that occur again exactly
  double digit_chi_square = 0;  ///< uniformity of the last printed digit, 9 degrees of freedom
  bool smoothed = false, repeated = false, digits_odd = false;
};

/// Fresh batch noise around a slow trend gives differences with lag-1 autocorrelation -0.5 (an MA(1)
/// process with theta = -1); an exponential mean with weight a gives (a - 1)/2 ... towards 0 and above
/// once the trend dominates. Flagged above -0.15 when the first 5 % is left out. O(n).
Noise check_noise(const Series& series);

}  // namespace pedigree::training_log
