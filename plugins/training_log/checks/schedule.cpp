// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pedigree::training_log {
namespace {

constexpr double kFit = 0.05;

struct Decay {
  std::vector<double> progress, share;  // after the warm-up, both in [0, 1]
};

double misfit_of(const Decay& d, const auto& shape) {
  double worst = 0;
  for (std::size_t i = 0; i < d.progress.size(); ++i)
    worst = std::max(worst, std::abs(d.share[i] - shape(d.progress[i])));
  return worst;
}

/// Flat until some point, then straight down to the last share: the best such point.
double misfit_of_stable_decay(const Decay& d, double last) {
  double best = 1;
  for (double turn = 0.05; turn < 0.99; turn += 0.02)
    best = std::min(best,
                    misfit_of(d, [&](double p) { return p < turn ? 1.0 : 1 - (1 - last) * (p - turn) / (1 - turn); }));
  return best;
}

std::size_t count_rewarms(const std::vector<double>& rate, std::size_t from, double peak) {
  std::size_t found = 0;
  double low = rate[from];
  for (std::size_t i = from; i < rate.size(); ++i) {
    low = std::min(low, rate[i]);
    if (rate[i] > low + 0.2 * peak) {
      ++found;
      low = rate[i];
    }
  }
  return found;
}

}  // namespace

Schedule recover_schedule(const Series& s) {
  Schedule r;
  r.shape = "none";
  if (s.learning_rate.size() < 8) return r;
  r.peak = *std::max_element(s.learning_rate.begin(), s.learning_rate.end());
  if (!(r.peak > 0)) return r;
  const auto top = static_cast<std::size_t>(
      std::find_if(s.learning_rate.begin(), s.learning_rate.end(), [&](double v) { return v >= 0.95 * r.peak; }) -
      s.learning_rate.begin());
  r.warmup_steps = s.learning_rate_step[top];
  r.final_share = s.learning_rate.back() / r.peak;
  r.rewarms = count_rewarms(s.learning_rate, top, r.peak);
  const double first = s.learning_rate_step[top], last = s.learning_rate_step.back();
  if (last <= first) {
    r.shape = "other";
    return r;
  }
  Decay decay;
  for (std::size_t i = top; i < s.learning_rate.size(); ++i) {
    decay.progress.push_back((s.learning_rate_step[i] - first) / (last - first));
    decay.share.push_back(s.learning_rate[i] / r.peak);
  }
  const double end = r.final_share;
  const std::pair<std::string, double> fits[] = {
      {"constant", misfit_of(decay, [](double) { return 1.0; })},
      {"linear", misfit_of(decay, [&](double p) { return 1 - (1 - end) * p; })},
      {"cosine",
       misfit_of(decay, [&](double p) { return end + (1 - end) * 0.5 * (1 + std::cos(std::numbers::pi * p)); })},
      {"warmup-stable-decay", misfit_of_stable_decay(decay, end)},
  };
  const auto best = std::min_element(std::begin(fits), std::end(fits),
                                     [](const auto& a, const auto& b) { return a.second + 1e-9 < b.second; });
  r.shape = best->second <= kFit ? best->first : "other";
  r.misfit = best->second;
  return r;
}

std::vector<std::string> contradictions(const Schedule& found, const ClaimedSchedule& claimed) {
  std::vector<std::string> out;
  const auto off = [](double a, double b) { return std::abs(a - b) > 0.1 * std::max(a, b); };
  const bool flat = found.shape == "constant";
  if (!claimed.shape.empty() && found.shape != claimed.shape && found.shape != "other" &&
      !(flat && claimed.shape == "warmup-stable-decay"))
    out.emplace_back("schedule");
  if (claimed.peak > 0 && off(found.peak, claimed.peak)) out.emplace_back("peak_learning_rate");
  // The recovered warm-up ends at 95 % of the peak.
  if (claimed.warmup_steps > 0 && off(found.warmup_steps, 0.95 * claimed.warmup_steps) &&
      off(found.warmup_steps, claimed.warmup_steps))
    out.emplace_back("warmup_steps");
  return out;
}

}  // namespace pedigree::training_log
