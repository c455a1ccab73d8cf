// SPDX-License-Identifier: MIT
// Exact tests on counts, in log space, and corrections for several of them.
#pragma once

#include <cstddef>
#include <vector>

namespace pedigree::behavior {

/// log10 P(X >= wins) for X ~ Binomial(wins + losses, 1/2): the one-sided sign test, which is
/// McNemar's exact test when wins and losses are the discordant pairs. 0 for no trials. O(1).
double log10_sign_test(std::size_t wins, std::size_t losses);

/// log10 P(X >= hits) for X ~ Binomial(trials, share). share in [0, 1]. O(1).
double log10_binomial_tail(std::size_t hits, std::size_t trials, double share);

/// Holm's step-down correction: adjusted log10 p-values in the order given, each at most 0, monotone.
std::vector<double> holm(const std::vector<double>& log10_p);

/// Conformal rank of a score among n exchangeable controls: p = (1 + #{controls >= score}) / (n + 1).
/// Its floor is 1 / (n + 1): 19 controls cannot show less than 0.05.
double conformal_p(double score, const std::vector<double>& controls);

}  // namespace pedigree::behavior
