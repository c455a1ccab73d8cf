// SPDX-License-Identifier: MIT
// The learning-rate schedule that the log itself shows.
#pragma once

#include <string>
#include <vector>

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

struct Schedule {
  std::string shape;        ///< "none" "constant" "linear" "cosine" "warmup-stable-decay" "other"
  double peak = 0;          ///< highest learning rate
  double final_share = 0;   ///< last over peak
  double warmup_steps = 0;  ///< first step at or above 95 % of the peak
  double misfit = 0;        ///< largest distance from the named shape, as a share of the peak
  std::size_t rewarms = 0;  ///< rises by over 20 % of the peak after the first decline
};

/// Compares the normalised series with each shape; "other" when none is within 5 % of the peak. O(n).
Schedule recover_schedule(const Series& series);

/// What is claimed of the schedule; empty or 0 where nothing is.
struct ClaimedSchedule {
  std::string shape;
  double peak = 0, warmup_steps = 0;
  bool any() const { return !shape.empty() || peak > 0 || warmup_steps > 0; }
};

/// Parts of the claim that the recovered schedule contradicts, in words of the options ("schedule",
/// "peak_learning_rate", "warmup_steps"): another shape, a peak or a warm-up over 10 % off. A constant
/// rate is a warm-up with a decay that the log does not reach: no contradiction of either.
std::vector<std::string> contradictions(const Schedule& found, const ClaimedSchedule& claimed);

}  // namespace pedigree::training_log
