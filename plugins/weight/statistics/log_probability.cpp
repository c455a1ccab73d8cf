// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/log_probability.hpp"

#include <math.h>  // lgamma_r: std::lgamma writes the global signgam

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pedigree::weight {
namespace {

double to_log10(double natural) { return std::min(0.0, natural / std::numbers::ln10); }

/// ln of the falling factorial n (n-1) ... (n-k+1).
double log_falling(double n, double k) { return log_factorial(n) - log_factorial(n - k); }

}  // namespace

double log_factorial(double n) {
  int sign = 0;
  return ::lgamma_r(n + 1.0, &sign);
}

double fixed_point_log10_p(std::size_t units, std::size_t matched, std::size_t fixed) {
  if (fixed == 0 || matched == 0 || units == 0) return 0;
  const auto h = static_cast<double>(std::max(units, matched));
  const auto m = static_cast<double>(matched);
  const auto k = static_cast<double>(std::min(fixed, matched));
  return to_log10(log_falling(m, k) - log_falling(h, k) - log_factorial(k));
}

double joint_fixed_point_log10_p(double expected, std::size_t fixed) {
  const auto k = static_cast<double>(fixed);
  if (expected <= 0 || k <= expected) return 0;
  return to_log10(k - expected - k * std::log(k / expected));
}

double increasing_run_log10_p(std::size_t matched, std::size_t longest) {
  if (matched == 0 || longest == 0) return 0;
  const auto m = static_cast<double>(matched);
  const auto l = static_cast<double>(std::min(matched, longest));
  return to_log10(log_falling(m, l) - 2.0 * log_factorial(l));
}

double sign_coherence_log10_p(std::size_t pairs, std::size_t agreeing) {
  if (pairs == 0 || agreeing > pairs) return 0;
  const std::size_t extreme = std::max(agreeing, pairs - agreeing);
  const auto n = static_cast<double>(pairs), k = static_cast<double>(extreme);
  const double first = log_factorial(n) - log_factorial(k) - log_factorial(n - k) - n * std::numbers::ln2;
  double sum = 1, term = 1;  // relative to the first term of the tail
  for (double j = k; j < n && term > 1e-17 * sum; j += 1) {
    term *= (n - j) / (j + 1);
    sum += term;
  }
  return to_log10(first + std::log(sum) + std::numbers::ln2);
}

double corrected_log10_p(double log10_p, double tests) {
  return std::min(0.0, log10_p + std::log10(std::max(1.0, tests)));
}

double joined_log10_p(std::span<const double> log10_p) {
  double product = 0;
  for (const double p : log10_p) product += std::min(0.0, p) * std::numbers::ln10;
  double sum = 0, term = 1;
  for (std::size_t i = 0; i < log10_p.size(); ++i) {
    sum += term;
    term *= -product / static_cast<double>(i + 1);
  }
  return sum > 0 ? to_log10(product + std::log(sum)) : 0;
}

double haar_trace_log10_p(std::size_t n, double trace) {
  if (n == 0 || trace <= 0) return 0;
  const auto size = static_cast<double>(n);
  return to_log10(log_factorial(size) + size * std::numbers::ln2 - trace * trace / 2.0);
}

}  // namespace pedigree::weight
