// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/quiet_start.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pedigree::training_log {
namespace {

constexpr std::size_t kFewest = 8, kMinimumPoints = 200;
constexpr double kNear = 0.3, kStart = 0.1;  // nat
constexpr double kLoud = 0.6;                // of the later noise
constexpr double kCoarse = 0.25;             // of the later noise

/// The smallest difference of two of the values that are not the same: what is printed is no finer.
double grain(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < values.size(); ++i)
    if (values[i] > values[i - 1]) smallest = std::min(smallest, values[i] - values[i - 1]);
  return smallest;
}

}  // namespace

QuietStart check_quiet_start(const Series& s) {
  QuietStart out;
  if (s.kind != LossKind::cross_entropy || s.evaluation || s.running_mean || !s.steps_known || !s.vocabulary ||
      !s.restarts.empty() || s.loss.size() < kMinimumPoints || s.step.front() > 1)
    return out;
  const double start = std::log(*s.vocabulary);
  if (std::abs(s.loss.front() - start) > kStart) return out;
  const auto end = std::find_if(s.loss.begin(), s.loss.end(), [&](double v) { return std::abs(v - start) >= kNear; });
  const std::vector<double> first(s.loss.begin(), end);
  out.points = first.size();
  if (first.size() < kFewest || 2 * first.size() > s.loss.size()) return out;
  double square = 0;
  for (std::size_t i = 2; i < first.size(); ++i) {
    const double second = first[i] - 2 * first[i - 1] + first[i - 2];
    square += second * second;
  }
  out.early = std::sqrt(square / static_cast<double>(first.size() - 2) / 6);
  std::vector<double> differences;
  for (std::size_t i = s.loss.size() / 2 + 1; i < s.loss.size(); ++i) differences.push_back(s.loss[i] - s.loss[i - 1]);
  out.late = robust_deviation(differences) / std::sqrt(2.0);
  out.judged = out.late > 0 && grain(first) <= kCoarse * out.late;
  out.loud = out.judged && out.early > kLoud * out.late;
  return out;
}

}  // namespace pedigree::training_log
