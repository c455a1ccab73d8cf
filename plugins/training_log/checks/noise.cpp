// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <unordered_map>
#include <unordered_set>

namespace pedigree::training_log {
namespace {

constexpr std::size_t kMinimumPoints = 200, kBlock = 8;
constexpr double kErrors = 3.72, kChance = kErrors * std::numbers::sqrt2;  // one log in 10,000; twice the variance
constexpr std::size_t kLags = 5;
constexpr double kReadInOrder = -0.25, kRepeated = 0.02, kDigits = 60;  // chi-square(9) > 60: p < 1e-8

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

/// Most values are numbers of 16 bits (bf16 keeps 8 bits, fp16 11) as far as the printed decimals show: their last
/// digits are the format's.
bool of_sixteen_bits(const std::vector<double>& loss, double quantum) {
  for (const int bits : {8, 11}) {
    std::size_t on_grid = 0;
    double by_chance = 0;
    for (const double v : loss) {
      const double spacing = std::ldexp(1.0, std::ilogb(std::max(std::abs(v), 1e-6)) - bits + 1);
      on_grid += std::abs(v - spacing * std::round(v / spacing)) <= 0.51 * quantum ? 1 : 0;
      by_chance += std::min(1.0, quantum / spacing);
    }
    const auto n = static_cast<double>(loss.size());
    if (by_chance<0.5 * n&& static_cast<double>(on_grid)> 0.8 * n) return true;
  }
  return false;
}

double last_digit_chi_square(const std::vector<double>& loss, int decimals) {
  if (decimals < 3 || of_sixteen_bits(loss, std::pow(10.0, -decimals))) return 0;
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

/// So many differences in a row that chance repeats none of them: with few printed decimals there are few different
/// ones.
std::size_t block_length(const std::vector<long long>& differences) {
  std::unordered_map<long long, double> counts;
  for (const auto d : differences) counts[d] += 1;
  const auto n = static_cast<double>(differences.size());
  double same = 0;  // two of them are equal
  for (const auto& [value, count] : counts) same += count / n * count / n;
  // n blocks, each met by n others: n p^L below 1e-4, half as long again because neighbours depend on each other.
  const double length = same >= 1 ? n : 1.5 * std::log(1e4 * n) / -std::log(same);
  return std::max(kBlock, static_cast<std::size_t>(std::min(length, n)));
}

/// Blocks of consecutive differences that occur twice: a copied stretch keeps its noise.
double repeated_blocks(const std::vector<double>& differences) {
  std::vector<long long> rounded;
  for (const double d : differences) rounded.push_back(std::llround(d * 1e6));
  const auto length = block_length(rounded);
  if (rounded.size() < 4 * length) return 0;
  std::unordered_set<std::string> seen;
  std::size_t again = 0, total = 0;
  for (std::size_t i = 0; i + length <= rounded.size(); ++i) {
    const auto* block = rounded.data() + i;
    if (std::all_of(block, block + length, [](long long d) { return std::llabs(d) < 2; })) continue;
    ++total;
    again += seen.emplace(reinterpret_cast<const char*>(block), length * sizeof *block).second ? 0 : 1;
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

bool remembers(const Noise& noise, double n) {
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
  const int decimals = printed_decimals(loss);
  const auto lags = autocorrelations(differences);
  result.difference_correlation = lags[0];
  for (std::size_t k = 1; k < kLags; ++k) result.memory += lags[k];
  result.repeated_share = repeated_blocks(differences);
  const auto n = static_cast<double>(differences.size());
  result.digit_chi_square = last_digit_chi_square(loss, decimals);
  // A batch's loss varies by thousandths of a nat at least: noise below the last printed digit is none.
  const bool silent = decimals >= 3 && result.deviation <= std::pow(10.0, -decimals);
  result.smoothed =
      !series.running_mean && (silent || result.difference_correlation > kReadInOrder + kErrors * std::sqrt(0.5 / n));
  result.correlated = !series.running_mean && !result.smoothed && remembers(result, n);
  result.repeated = result.repeated_share > kRepeated;
  result.digits_odd = result.digit_chi_square > kDigits;
  return result;
}

}  // namespace pedigree::training_log
