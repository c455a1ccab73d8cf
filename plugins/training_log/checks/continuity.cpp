// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/continuity.hpp"

#include <algorithm>
#include <cmath>

namespace pedigree::training_log {
namespace {

constexpr std::size_t kWindow = 20, kMinimumPoints = 60;
constexpr double kShiftErrors = 8, kShiftNoise = 4, kShiftFloor = 0.05;

struct Line {
  double level = 0, slope = 0, noise = 0;  // level at the window's edge that faces the gap
};

/// Theil-Sen line over a window; `at_end`: the level is read at the last point, else at the first.
Line robust_line(const std::vector<double>& y, std::size_t first, std::size_t count, bool at_end) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = i + count / 2; j < count; ++j)
      slopes.push_back((y[first + j] - y[first + i]) / static_cast<double>(j - i));
  Line line;
  line.slope = median(std::move(slopes));
  std::vector<double> flat;
  for (std::size_t i = 0; i < count; ++i) {
    const double distance = at_end ? static_cast<double>(count - 1 - i) : -static_cast<double>(i);
    flat.push_back(y[first + i] + line.slope * distance);
  }
  line.level = median(flat);
  line.noise = robust_deviation(flat);
  return line;
}

bool crosses_epoch(const Series& s, std::size_t index) {
  if (s.epoch.empty()) return false;
  const std::size_t from = index > 2 ? index - 2 : 0, to = std::min(s.epoch.size() - 1, index + 2);
  return std::floor(s.epoch[from] + 1e-9) != std::floor(s.epoch[to] + 1e-9);
}

void find_jumps(const Series& s, Continuity& c) {
  const std::size_t n = s.loss.size();
  const std::size_t start = std::max(kWindow, n / 20);
  Jump best;
  const auto flush = [&] {
    if (best.z != 0) (best.at_epoch ? c.epoch_drops : c.jumps).push_back(best);
    best = {};
  };
  for (std::size_t i = start; i + kWindow <= n; ++i) {
    const Line before = robust_line(s.loss, i - kWindow, kWindow, true), after = robust_line(s.loss, i, kWindow, false);
    const double noise = std::max({before.noise, after.noise, 1e-9});
    const double shift = after.level - before.level - 0.5 * (before.slope + after.slope);
    // 1.57: the standard error of a median over that of a mean; a level at the edge costs another factor of two.
    const double z = shift / (2 * 1.57 * noise * std::sqrt(2.0 / static_cast<double>(kWindow)));
    const bool lasting = std::abs(z) > kShiftErrors && std::abs(shift) > std::max(kShiftNoise * noise, kShiftFloor);
    if (!lasting) {
      if (best.z != 0 && i > best.index + kWindow) flush();
      continue;
    }
    if (std::abs(z) > std::abs(best.z)) best = {i, s.step[i], before.level, after.level, z, crosses_epoch(s, i)};
  }
  flush();
}

void count_spikes(const Series& s, Continuity& c) {
  for (std::size_t i = std::max<std::size_t>(s.loss.size() / 20, 5); i + 5 < s.loss.size(); ++i) {
    const std::vector<double> around{s.loss[i - 5], s.loss[i - 4], s.loss[i - 3], s.loss[i - 2],
                                     s.loss[i + 2], s.loss[i + 3], s.loss[i + 4], s.loss[i + 5]};
    const double noise = std::max(robust_deviation(around), 1e-6);
    if (s.loss[i] - median(around) > std::max(0.5, 8 * noise)) ++c.spikes;
  }
}

}  // namespace

Continuity check_continuity(const Series& s) {
  Continuity c;
  for (const auto index : s.restarts) c.restart_steps.push_back(s.step[index]);
  for (std::size_t i = 1; i < s.step.size(); ++i) c.contradictions += s.step[i] == s.step[i - 1] ? 1 : 0;
  if (s.step.size() > 3) {
    std::vector<double> gaps;
    for (std::size_t i = 1; i < s.step.size(); ++i) gaps.push_back(s.step[i] - s.step[i - 1]);
    const double usual = median(gaps);
    if (usual > 0) c.first_gap = s.step.front() / usual;
  }
  for (std::size_t i = std::max<std::size_t>(1, s.wall_seconds.size() / 50); i < s.wall_seconds.size(); ++i)
    if (s.wall_seconds[i] < s.wall_seconds[i - 1] && s.wall_step[i] >= s.wall_step[i - 1] && s.wall_step[i] > 20)
      c.clock_regressions += 1;
  c.enough = s.loss.size() >= kMinimumPoints;
  if (!c.enough) return c;
  find_jumps(s, c);
  count_spikes(s, c);
  return c;
}

}  // namespace pedigree::training_log
