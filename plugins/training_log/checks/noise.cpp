// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <unordered_set>

namespace pedigree::training_log {
namespace {

constexpr std::size_t kMinimumPoints = 200, kBlock = 8;
constexpr double kChance = 3.72 * std::numbers::sqrt2;  // one log in 10,000, twice the variance allowed
constexpr std::size_t kLags = 5;
constexpr double kSmoothed = -0.15, kRepeated = 0.02, kDigits = 60;  // chi-square(9) > 60: p < 1e-8

/// Decimals of the printed values: the smallest k <= 9 at which every sampled value is whole.
int printed_decimals(const std::vector<double>& loss) {
  for (int k = 0; k <= 9; ++k) {
    const double scale = std::pow(10.0, k);
    const bool whole = std::all_of(loss.begin(), loss.end(),
                                   [&](double v) { return std::abs(v * scale - std::round(v * scale)) < 1e-4; });
    if (whole) return k;
  }
  return -1;
}

double last_digit_chi_square(const std::vector<double>& loss) {
  const int decimals = printed_decimals(loss);
  if (decimals < 3) return 0;
  std::array<double, 10> counts{};
  for (double v : loss) {
    const auto scaled = static_cast<long long>(std::llround(std::abs(v) * std::pow(10.0, decimals)));
    counts[static_cast<std::size_t>(scaled % 10)] += 1;
  }
  const double expected = static_cast<double>(loss.size()) / 10;
  double sum = 0;
  for (double c : counts) sum += (c - expected) * (c - expected) / expected;
  return sum;
}

/// Blocks of kBlock consecutive differences that occur twice: a copied stretch keeps its noise.
double repeated_blocks(const std::vector<double>& differences) {
  if (differences.size() < 4 * kBlock) return 0;
  std::unordered_set<std::string> seen;
  std::size_t again = 0, total = 0;
  for (std::size_t i = 0; i + kBlock <= differences.size(); ++i) {
    std::string key;
    bool flat = true;
    for (std::size_t k = 0; k < kBlock; ++k) {
      const auto rounded = static_cast<long long>(std::llround(differences[i + k] * 1e6));
      flat &= std::llabs(rounded) < 2;
      key += std::to_string(rounded) + ",";
    }
    if (flat) continue;
    ++total;
    again += seen.insert(std::move(key)).second ? 0 : 1;
  }
  return total == 0 ? 0 : static_cast<double>(again) / static_cast<double>(total);
}

/// Of differences at lags 1 to kLags. Spikes would dominate the products: they are clipped at four robust deviations.
std::array<double, kLags> autocorrelations(const std::vector<double>& differences) {
  const double centre = median(differences), clip = 4 * std::max(robust_deviation(differences), 1e-12);
  std::vector<double> d;
  d.reserve(differences.size());
  for (const double v : differences) d.push_back(std::clamp(v - centre, -clip, clip));
  double square = 0;
  for (const double v : d) square += v * v;
  std::array<double, kLags> out{};
  if (square <= 0) {
    out[0] = 1;
    return out;
  }
  for (std::size_t k = 1; k <= kLags; ++k) {
    double product = 0;
    for (std::size_t i = k; i < d.size(); ++i) product += d[i] * d[i - k];
    out[k - 1] = product / square;
  }
  return out;
}

bool mildly_smoothed(const Noise& noise, double n) {
  const double gained = noise.difference_correlation + 0.5, lost = -noise.memory;
  if (gained < kChance * std::sqrt(0.5 / n) || lost < kChance / std::sqrt(n)) return false;
  return lost > gained / 2 && lost < gained * 2;
}

}  // namespace

Noise check_noise(const Series& series) {
  Noise result;
  const std::size_t start = series.loss.size() / 20;
  const std::vector<double> loss(series.loss.begin() + static_cast<std::ptrdiff_t>(start), series.loss.end());
  result.enough = loss.size() >= kMinimumPoints;
  if (!result.enough) return result;
  std::vector<double> differences;
  for (std::size_t i = 1; i < loss.size(); ++i) differences.push_back(loss[i] - loss[i - 1]);
  result.deviation = robust_deviation(differences) / std::sqrt(2.0);
  const auto lags = autocorrelations(differences);
  result.difference_correlation = lags[0];
  for (std::size_t k = 1; k < kLags; ++k) result.memory += lags[k];
  result.repeated_share = repeated_blocks(differences);
  const auto n = static_cast<double>(differences.size());
  result.digit_chi_square = last_digit_chi_square(loss);
  result.smoothed = !series.running_mean && (result.difference_correlation > kSmoothed || mildly_smoothed(result, n));
  result.repeated = result.repeated_share > kRepeated;
  result.digits_odd = result.digit_chi_square > kDigits;
  return result;
}

}  // namespace pedigree::training_log
