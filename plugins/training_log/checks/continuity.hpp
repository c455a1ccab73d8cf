// SPDX-License-Identifier: MIT
// Is it one run? Restarts, spikes that recover, and jumps to another level that do not.
#pragma once

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

struct Jump {
  std::size_t index = 0;
  double step = 0, before = 0, after = 0;  ///< medians of the windows, nat
  double z = 0;                            ///< robust, in units of the local noise
  bool at_epoch = false;                   ///< falls on an epoch boundary: repeated data explains a drop
};

struct Continuity {
  std::vector<Jump> jumps;        ///< lasting, unexplained by an epoch boundary
  std::vector<Jump> epoch_drops;  ///< lasting, at an epoch boundary
  std::size_t spikes = 0;         ///< excursions that recover
  std::vector<double> restart_steps;
  std::size_t contradictions = 0;  ///< steps logged twice with different losses outside restarts
  double first_gap = 0;            ///< steps before the first point, in units of the usual interval
  double clock_regressions = 0;    ///< times the wall clock went back after the first 2 % of the run
  bool enough = false;             ///< at least 60 points
};

/// A jump: windows of 20 points each side, linear trend removed, level shift over 8 robust standard
/// errors and over 4 noise deviations and 0.05 nat; the first 5 % of the run is left out, where the
/// loss falls steeply by nature. O(n w).
Continuity check_continuity(const Series& series);

}  // namespace pedigree::training_log
