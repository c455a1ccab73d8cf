// SPDX-License-Identifier: MIT
// Is it one run? Restarts, spikes that recover, and jumps to another level that do not.
#pragma once

#include "plugins/training_log/checks/joints.hpp"

namespace pedigree::training_log {

struct Continuity {
  std::vector<Jump> jumps;      ///< lasting and unexplained
  std::vector<Jump> explained;  ///< by an epoch's end, a step of the learning rate, or because they recover
  std::vector<Break> breaks;
  double threshold = 0;    ///< of |z|, for a jump anywhere
  std::size_t spikes = 0;  ///< single points far above their neighbours
  std::vector<double> restart_steps;
  std::size_t contradictions = 0;     ///< steps logged twice with different losses outside restarts
  double first_gap = 0;               ///< steps before the first point, in units of the usual interval
  double clock_regressions = 0;       ///< times the wall clock went back after the first 2 % of the run
  std::size_t token_regressions = 0;  ///< times the token counter went back while the steps went on
  bool enough = false;                ///< at least 60 points
};

/// Precondition of the search for jumps: 60 points; means since an epoch began (Keras) have no noise to hold one
/// against.
Continuity check_continuity(const Series& series);

}  // namespace pedigree::training_log
