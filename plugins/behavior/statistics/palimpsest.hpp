// SPDX-License-Identifier: MIT
// Does a model remember a training order? (Kuditipudi et al. 2025, 2510.19796)
#pragma once

#include <cstdint>
#include <vector>

namespace pedigree::behavior {

struct OrderTest {
  std::size_t texts = 0;
  double correlation = 0;  ///< Spearman of training position with loss minus reference loss; negative: later texts are remembered better
  double log10_p = 0;      ///< one-sided, from the exact finite-sample bound below
};

/// If the order of training was drawn at random, positions are exchangeable given the losses. The
/// p-value is P(rho <= observed) under uniform permutations: for n < 10 by enumeration of moments is
/// not worth it, so n >= 20 is required and the larger of two valid numbers is given: the Monte-Carlo
/// value (1 + #{rho_t <= rho}) / (T + 1), T = 999, and, when that is at its floor, the Edgeworth-safe
/// tail exp(-(n - 1) rho^2 / 2) of a sub-Gaussian permutation sum. O(n log n + T n).
OrderTest order_test(const std::vector<double>& position, const std::vector<double>& loss_difference, std::uint64_t seed);

}  // namespace pedigree::behavior
