// SPDX-License-Identifier: MIT
#include "plugins/behavior/statistics/exact.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace pedigree::behavior {
namespace {

/// Sum of the upper tail in log space, for tails below the smallest double.
double log10_tail_by_sum(std::size_t hits, std::size_t trials, double share) {
  const double n = static_cast<double>(trials), k = static_cast<double>(hits);
  const double log_term = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(share) +
                          (n - k) * std::log1p(-share);
  // Ratios of successive terms shrink: the tail is the first term times a sum that converges fast.
  double sum = 1, term = 1;
  for (double i = k; i < n && term > 1e-17; ++i) {
    term *= (n - i) / (i + 1) * share / (1 - share);
    sum += term;
  }
  return (log_term + std::log(sum)) / std::log(10.0);
}

}  // namespace

double log10_binomial_tail(std::size_t hits, std::size_t trials, double share) {
  if (hits == 0 || trials == 0 || share >= 1) return 0;
  if (hits > trials || share <= 0) return -std::numeric_limits<double>::max_exponent10;
  if (static_cast<double>(hits) > share * static_cast<double>(trials) + 1)
    return std::min(0.0, log10_tail_by_sum(hits, trials, share));
  const boost::math::binomial_distribution<double> binomial(static_cast<double>(trials), share);
  return std::log10(boost::math::cdf(boost::math::complement(binomial, static_cast<double>(hits) - 1)));
}

double log10_sign_test(std::size_t wins, std::size_t losses) { return log10_binomial_tail(wins, wins + losses, 0.5); }

std::vector<double> holm(const std::vector<double>& log10_p) {
  std::vector<std::size_t> order(log10_p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return log10_p[a] < log10_p[b]; });
  std::vector<double> adjusted(log10_p.size());
  double worst = -std::numeric_limits<double>::infinity();
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double factor = std::log10(static_cast<double>(order.size() - rank));
    worst = std::max(worst, std::min(0.0, log10_p[order[rank]] + factor));
    adjusted[order[rank]] = worst;
  }
  return adjusted;
}

double conformal_p(double score, const std::vector<double>& controls) {
  const auto at_least = std::count_if(controls.begin(), controls.end(), [&](double c) { return c >= score; });
  return (1.0 + static_cast<double>(at_least)) / (static_cast<double>(controls.size()) + 1.0);
}

}  // namespace pedigree::behavior
