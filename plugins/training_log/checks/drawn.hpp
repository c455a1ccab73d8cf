// SPDX-License-Identifier: MIT
// Is the whole curve a formula? Real runs bend: warm-up, plateaus, the decay of the learning rate.
#pragma once

#include <string>

#include "plugins/training_log/checks/initial_loss.hpp"

namespace pedigree::training_log {

struct DrawnCurve {
  bool judged = false;    ///< the log begins untrained and is long enough to tell a departure of 0.015 nat from noise
  bool drawn = false;     ///< from its fifth point on it follows one formula up to fresh noise
  std::string formula;    ///< the closest: "power law", "two exponentials", "stretched exponential", "logarithm"
  double chi_square = 0;  ///< of 40 means over the formula, per degree of freedom; 1 for noise around it
  double deviation = 0;   ///< root mean square of the curve's departure from the formula, noise taken off, nat
  double resolution = 0;  ///< the departure that noise alone can hide, nat
};

/// Means of 40 stretches, evenly in log steps, against four formulas with three to five parameters, each stretch with
/// the error that its own noise gives. Drawn: chi-square is within three deviations of what noise around a formula
/// gives. The premise that no real run does that is an observation, not a law: seven runs from random weights depart by
/// 0.026 to 0.056 nat, and the limit of resolution is set so that such departures would be seen. Seven runs bound the
/// rate of false flags no better than one in three (95 %). O(n) and a fixed grid.
DrawnCurve check_drawn(const Series& series, const InitialLoss& start);

}  // namespace pedigree::training_log
