// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/joints.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "plugins/training_log/checks/breaks.hpp"
#include "plugins/training_log/checks/windows.hpp"

namespace pedigree::training_log {
namespace {

constexpr std::array<std::size_t, 6> kWindows{10, 20, 30, 50, 100, 200};
constexpr std::size_t kMost = 20;  // more are a habit of the run, not joints
constexpr double kFalseLogs = 1e-3, kLowFrequency = 1.2, kSmallest = 0.02;

/// The standard normal value that is passed with probability `p` on either side.
double normal_quantile(double p) {
  double low = 0, high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::numbers::sqrt2) > p ? low : high) = middle;
  }
  return low;
}

/// z of a joint before every point, for one window; zero where it cannot be said.
std::vector<double> scan(const Windows& windows, std::size_t w, std::size_t first) {
  std::vector<double> z(windows.size(), 0.0);
  for (std::size_t t = std::max(first, 4 * w); t + w <= windows.size(); ++t) z[t] = windows.joint(t, w).z;
  std::vector<double> said(z.begin() + static_cast<std::ptrdiff_t>(std::min(z.size(), std::max(first, 4 * w))),
                           z.end());
  said.resize(said.size() >= w ? said.size() - w + 1 : 0);
  const double scale = std::max(1.0, robust_deviation(said));
  for (auto& value : z) value /= scale;
  return z;
}

/// An epoch ends within a few points. Trainers round the epoch to two decimals.
bool crosses_epoch(const Series& s, std::size_t index) {
  if (s.epoch.empty()) return false;
  const std::size_t from = index > 3 ? index - 3 : 0, to = std::min(s.epoch.size() - 1, index + 3);
  return std::floor(s.epoch[from] - 0.005) != std::floor(s.epoch[to] + 0.005);
}

/// A log without epochs whose loss falls at every multiple of one length repeats its data there.
void explain_equal_falls(std::vector<Jump>& jumps, const Series& s) {
  std::vector<Jump*> falls;
  for (auto& jump : jumps)
    if (jump.explained.empty() && jump.after < jump.before) falls.push_back(&jump);
  if (falls.size() < 2 || !s.epoch.empty()) return;
  const double length = falls.front()->step;
  const double interval = (s.step.back() - s.step.front()) / static_cast<double>(s.step.size() - 1);
  for (const auto* jump : falls) {
    const double away = std::abs(jump->step - length * std::round(jump->step / length));
    if (away > std::max(0.01 * length, 3 * interval)) return;
  }
  for (auto* jump : falls) jump->explained = "epoch";
}

/// An excursion upwards that comes back to where it was, soon in the life of the run. Its ends are no joints.
void explain_spikes(std::vector<Jump>& jumps, const Windows& windows) {
  for (auto& jump : jumps) {
    if (!jump.explained.empty() || jump.after <= jump.before) continue;
    const auto soon = std::min(windows.size(), jump.index + std::max<std::size_t>(200, jump.index / 20));
    for (std::size_t i = jump.index + 10; i <= soon; ++i) {
      if (windows.mean(i - 10, 10) > jump.before + jump.noise / std::sqrt(10.0)) continue;
      jump.explained = "spike";
      for (auto& other : jumps)
        if (other.explained.empty() && other.index > jump.index && other.index <= i + other.window)
          other.explained = "spike";
      break;
    }
  }
}

/// A place that passes its bound, with one window.
struct Candidate {
  std::size_t index = 0, window = 0;
  double z = 0, strength = 0;  // strength: |z| over its bound
};

/// The strongest first; a window that holds a stronger joint sees that one from aside.
std::vector<Candidate> strongest(std::vector<Candidate> all) {
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair{-a.strength, a.index} < std::pair{-b.strength, b.index};
  });
  std::vector<Candidate> kept;
  for (const auto& c : all) {
    if (kept.size() >= kMost) break;
    const bool seen = std::any_of(kept.begin(), kept.end(), [&](const Candidate& k) {
      return std::max(c.index, k.index) - std::min(c.index, k.index) <= c.window + kWindows[0];
    });
    if (!seen) kept.push_back(c);
  }
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  return kept;
}

}  // namespace

Joints find_joints(const Series& s) {
  Joints out;
  const std::size_t n = s.loss.size();
  const Windows windows{s.loss};
  out.threshold = kLowFrequency * normal_quantile(kFalseLogs / static_cast<double>(n * kWindows.size()));
  out.breaks = find_breaks(s);
  // Where another column breaks off there is one place to look at, not n.
  const double at_break = kLowFrequency * normal_quantile(kFalseLogs);
  std::vector<bool> broken(n, false);
  for (const auto& b : out.breaks)
    for (std::size_t t = b.index > 2 ? b.index - 2 : 0; t < std::min(n, b.index + 3); ++t) broken[t] = true;
  std::vector<Candidate> candidates;
  for (const auto w : kWindows) {
    if (10 * w > n) break;  // the scale of z is estimated along the series
    const auto z = scan(windows, w, n / 20);
    for (std::size_t t = 0; t < n; ++t) {
      const double strength = std::abs(z[t]) / (broken[t] ? at_break : out.threshold);
      if (strength > 1) candidates.push_back({t, w, z[t], strength});
    }
  }
  for (const auto& c : strongest(std::move(candidates))) {
    const auto found = windows.joint(c.index, c.window);
    if (std::abs(found.after - found.before) < kSmallest) continue;
    Jump jump{c.index, s.step[c.index], found.before, found.after, found.noise, c.z, c.window, {}};
    if (crosses_epoch(s, c.index)) jump.explained = "epoch";
    if (jump.explained.empty() && rate_steps_with(s, c.index, jump.after - jump.before)) jump.explained = "schedule";
    out.jumps.push_back(jump);
  }
  explain_spikes(out.jumps, windows);
  explain_equal_falls(out.jumps, s);
  return out;
}

}  // namespace pedigree::training_log
