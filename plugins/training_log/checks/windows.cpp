// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/windows.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {
namespace {

constexpr std::size_t kMedian = 12, kLocal = 50, kSparse = 25;
constexpr double kClip = 4;

std::vector<double> drawn_back(const std::vector<double>& y) {
  std::vector<double> out(y.size()), differences(y.size(), 0.0);
  for (std::size_t i = 1; i < y.size(); ++i) differences[i] = y[i] - y[i - 1];
  double noise = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    // The noise changes slowly: every 25th point is enough.
    if (i % kSparse == 0) {
      const auto from = i > kLocal ? i - kLocal : 1, to = std::min(y.size(), i + kLocal);
      noise = from >= to ? 0
                         : robust_deviation({differences.begin() + static_cast<std::ptrdiff_t>(from),
                                             differences.begin() + static_cast<std::ptrdiff_t>(to)}) /
                               std::sqrt(2.0);
    }
    if (noise <= 0) {
      out[i] = y[i];
      continue;
    }
    const auto from = i > kMedian ? i - kMedian : 0, to = std::min(y.size(), i + kMedian + 1);
    const double centre =
        median({y.begin() + static_cast<std::ptrdiff_t>(from), y.begin() + static_cast<std::ptrdiff_t>(to)});
    out[i] = std::clamp(y[i], centre - kClip * noise, centre + kClip * noise);
  }
  return out;
}

}  // namespace

Windows::Windows(const std::vector<double>& values)
    : values_(drawn_back(values)), sum_{0}, moment_{0}, roughness_{0, 0} {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    sum_.push_back(sum_.back() + values_[i]);
    moment_.push_back(moment_.back() + static_cast<double>(i) * values_[i]);
    if (i == 0 || i + 1 >= values_.size()) continue;
    const double second = values_[i + 1] - 2 * values_[i] + values_[i - 1];
    roughness_.push_back(roughness_.back() + second * second);
  }
}

double Windows::line(std::size_t first, std::size_t w, double at) const {
  const auto n = static_cast<double>(w);
  const double sum = sum_[first + w] - sum_[first];
  const double moment = moment_[first + w] - moment_[first] - static_cast<double>(first) * sum;
  const double middle = (n - 1) / 2, spread = n * (n * n - 1) / 12;
  return sum / n + (moment - middle * sum) / spread * (at - static_cast<double>(first) - middle);
}

double Windows::noise(std::size_t first, std::size_t end) const {
  // Second differences whose three points are all inside.
  if (end < first + 3) return 0;
  const double square = roughness_[end - 1] - roughness_[first + 1];
  return std::sqrt(std::max(0.0, square) / static_cast<double>(end - first - 2) / 6);
}

Windows::Joint Windows::joint(std::size_t at, std::size_t w) const {
  Joint j;
  const double place = static_cast<double>(at) - 0.5;
  j.before = line(at - w, w, place);
  j.after = line(at, w, place);
  const auto reach = std::max(w, kLocal);
  const double left = noise(at > reach ? at - reach : 0, at), right = noise(at, std::min(values_.size(), at + reach));
  j.noise = std::sqrt((left * left + right * right) / 2);
  // Printed digits make noise of their own; a curve without any is held against a thousandth of a nat.
  const double error = std::max(j.noise, 1e-3) * std::sqrt(8.0 / static_cast<double>(w));
  j.z = (j.after - j.before) / error;
  return j;
}

}  // namespace pedigree::training_log
