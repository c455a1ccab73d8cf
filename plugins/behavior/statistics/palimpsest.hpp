// SPDX-License-Identifier: MIT
// Does a model remember a training order? (Kuditipudi et al. 2025, 2510.19796)
#pragma once

#include <cstddef>
#include <vector>

namespace pedigree::behavior {

struct OrderTest {
  std::size_t texts = 0;
  double correlation = 0;  ///< Spearman of training position with loss minus reference loss
  double log10_p = 0;      ///< one-sided: later texts have lower loss
};

/// Mid-ranks of values, ties shared. O(n log n).
std::vector<double> ranks(const std::vector<double>& values);

/// Spearman's rank correlation; 0 when either side is constant.
double spearman(const std::vector<double>& x, const std::vector<double>& y);

/// If the order of training was drawn at random, positions are exchangeable given the losses, and
/// Spearman's rho has mean 0 and variance 1/(n-1) exactly. Its permutation distribution has kurtosis
/// below 3 (3 - 6/(5n) + ...; Kendall & Gibbons 1990, 4.14), so the normal tail used here is
/// conservative; n >= 100 is required, fewer give log10_p = 0. O(n log n).
OrderTest order_test(const std::vector<double>& position, const std::vector<double>& loss_difference);

/// log10 of the standard normal upper tail, also where the tail is below the smallest double.
double log10_normal_tail(double z);

}  // namespace pedigree::behavior
