// SPDX-License-Identifier: MIT
// Does the noise look like a batch's? A printed loss is the mean over a batch: fresh noise every step.
#pragma once

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

struct Noise {
  bool enough = false;   ///< at least 200 points
  double deviation = 0;  ///< robust deviation of the differences over sqrt 2, nat
  double difference_correlation =
      0;                      ///< lag-1 autocorrelation of first differences: -0.5 for fresh noise, > 0 when smoothed
  double memory = 0;          ///< sum of their autocorrelations at lags 2 to 5: 0 for fresh noise, negative for a mean
  double repeated_share = 0;  ///< share of blocks of differences (8 or more in a row) that occur again exactly
  double digit_chi_square = 0;  ///< uniformity of the last printed digit, 9 degrees of freedom; 0 for losses of 16 bits
  bool smoothed = false, repeated = false, digits_odd = false;
  bool correlated = false;  ///< less than smoothing does it: a mild mean, or batches that were read in order
};

/// Fresh batch noise around a slow trend gives differences with autocorrelation -0.5 at lag 1 and 0 further on (an
/// MA(1) process with theta = -1). All autocorrelations of differences add up to -0.5 when the noise has a short
/// memory: what an exponential mean of weight a takes from lag 1, (1 - a)/2, it gives to lags 2, 3, ... A slow
/// wandering of the loss moves lag 1 as well, but spreads the rest over long lags.
///
/// Text that is read in order, without shuffling, has just that short memory: of 28 runs trained so for the tests, lag
/// 1 of two reached -0.25. So smoothed means lag 1 above -0.25 by more than chance (error sqrt(1/2n), one log in
/// 10,000; means of weight 0.3 and less), or no noise at all. Lag 1 and lags 2-5 both off by more than chance (twice
/// the variance allowed) and by like amounts is `correlated`, and may be either. The first 5 % is left out. O(n).
Noise check_noise(const Series& series);

}  // namespace pedigree::training_log
