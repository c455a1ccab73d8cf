// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/continuity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "plugins/training_log/checks/breaks.hpp"

namespace pedigree::training_log {
namespace {

constexpr std::size_t kMinimumPoints = 60;
constexpr double kSpike = 0.5;  // nat

void count_spikes(const Series& s, Continuity& c) {
  for (std::size_t i = std::max<std::size_t>(s.loss.size() / 20, 5); i + 5 < s.loss.size(); ++i) {
    const std::array around{s.loss[i - 5], s.loss[i - 4], s.loss[i - 3], s.loss[i - 2],
                            s.loss[i + 2], s.loss[i + 3], s.loss[i + 4], s.loss[i + 5]};
    if (s.loss[i] - *std::min_element(around.begin(), around.end()) <= kSpike) continue;  // as good as always
    const std::vector<double> values(around.begin(), around.end());
    const double noise = std::max(robust_deviation(values), 1e-6);
    if (s.loss[i] - median(values) > std::max(kSpike, 8 * noise)) ++c.spikes;
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
  c.token_regressions = token_regressions(s);
  c.enough = s.loss.size() >= kMinimumPoints;
  if (!c.enough) return c;
  count_spikes(s, c);
  if (s.running_mean) return c;
  auto joints = find_joints(s);
  c.threshold = joints.threshold;
  c.breaks = std::move(joints.breaks);
  for (auto& jump : joints.jumps) (jump.explained.empty() ? c.jumps : c.explained).push_back(std::move(jump));
  return c;
}

}  // namespace pedigree::training_log
