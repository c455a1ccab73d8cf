// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/power_law.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pedigree::training_log {
namespace {

constexpr std::size_t kBins = 60, kMinimumPoints = 30;

void make_bins(const Series& s, PowerLaw& fit) {
  const double first = std::max(10.0, s.step.back() * 0.01),
               last = s.step.back() * 0.8;  // warm-up and final decay are left out
  std::vector<std::vector<double>> losses(kBins);
  std::vector<double> sums(kBins, 0.0);
  for (std::size_t i = 0; i < s.step.size(); ++i) {
    if (s.step[i] < first || s.step[i] > last || first >= last) continue;
    const double place = std::log(s.step[i] / first) / std::log(last / first);
    const auto bin = std::min(kBins - 1, static_cast<std::size_t>(place * static_cast<double>(kBins)));
    losses[bin].push_back(s.loss[i]);
    sums[bin] += s.step[i];
  }
  for (std::size_t b = 0; b < kBins; ++b) {
    if (losses[b].empty()) continue;
    fit.bin_step.push_back(sums[b] / static_cast<double>(losses[b].size()));
    fit.bin_loss.push_back(median(losses[b]));
  }
}

/// Squared error for given E and s^-beta at every bin; B by least squares, refused when not positive.
double error_of(const PowerLaw& fit, const std::vector<double>& power, double floor, double& scale) {
  double xx = 0, xy = 0;
  for (std::size_t i = 0; i < power.size(); ++i) {
    xx += power[i] * power[i];
    xy += power[i] * (fit.bin_loss[i] - floor);
  }
  scale = xy / xx;
  if (!(scale > 0)) return std::numeric_limits<double>::infinity();
  double error = 0;
  for (std::size_t i = 0; i < power.size(); ++i) {
    const double away = fit.bin_loss[i] - floor - scale * power[i];
    error += away * away;
  }
  return error;
}

}  // namespace

PowerLaw fit_power_law(const Series& series) {
  PowerLaw fit;
  if (series.kind != LossKind::cross_entropy || series.step.size() < kMinimumPoints || !series.restarts.empty())
    return fit;
  make_bins(series, fit);
  if (fit.bin_step.size() < 10 || fit.bin_step.back() < 5 * fit.bin_step.front()) return fit;
  const double lowest = *std::min_element(fit.bin_loss.begin(), fit.bin_loss.end());
  double best = std::numeric_limits<double>::infinity();
  std::vector<std::pair<double, double>> profile;  // exponent, best error over E
  std::vector<double> power(fit.bin_step.size());
  for (double exponent = 0.02; exponent <= 1.5; exponent *= 1.05) {
    for (std::size_t i = 0; i < power.size(); ++i) power[i] = std::pow(fit.bin_step[i], -exponent);
    double best_here = std::numeric_limits<double>::infinity();
    for (int k = 0; k <= 100; ++k) {
      const double floor = lowest * k / 100.0;
      double scale = 0;
      const double error = error_of(fit, power, floor, scale);
      best_here = std::min(best_here, error);
      if (error < best) {
        best = error;
        fit.floor = floor;
        fit.exponent = exponent;
        fit.scale = scale;
      }
    }
    profile.emplace_back(exponent, best_here);
  }
  if (!std::isfinite(best)) return fit;
  fit.exponent_low = fit.exponent_high = fit.exponent;
  for (const auto& [exponent, error] : profile) {
    if (error > 1.1 * best) continue;
    fit.exponent_low = std::min(fit.exponent_low, exponent);
    fit.exponent_high = std::max(fit.exponent_high, exponent);
  }
  std::vector<double> residuals;
  for (std::size_t i = 0; i < fit.bin_step.size(); ++i) {
    fit.bin_fit.push_back(fit.floor + fit.scale * std::pow(fit.bin_step[i], -fit.exponent));
    residuals.push_back(fit.bin_loss[i] - fit.bin_fit.back());
  }
  fit.residual = robust_deviation(residuals);
  fit.fitted = true;
  return fit;
}

}  // namespace pedigree::training_log
