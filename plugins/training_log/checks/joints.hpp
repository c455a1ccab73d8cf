// SPDX-License-Identifier: MIT
// Where a loss curve goes on at another level: the place where two runs may have been joined.
//
// Every point after the first twentieth is tried as a joint. Straight lines are fitted to w points before and w points
// after it (w = 10 ... 200); their levels meet in one run and differ by the joint in two. With fresh batch noise of
// deviation sigma the difference has deviation sigma sqrt(8 / w), so longer windows see smaller joints.
#pragma once

#include <string>
#include <vector>

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

struct Jump {
  std::size_t index = 0;
  double step = 0, before = 0, after = 0;  ///< levels of both lines at the joint, nat
  double noise = 0;                        ///< deviation of one point there, nat
  double z = 0;                            ///< standard errors of white noise, over the series' own scale
  std::size_t window = 0;
  std::string explained;  ///< empty, "epoch", "schedule" (the learning rate steps there) or "spike" (it recovers)
};

/// Another column that breaks off: only there a smaller joint of the loss is significant.
struct Break {
  std::size_t index = 0;  ///< into series.step
  std::string column;     ///< "learning_rate" "tokens" "digits"
};

struct Joints {
  std::vector<Jump> jumps;
  std::vector<Break> breaks;
  double threshold = 0;  ///< of z, for a joint anywhere
};

/// A joint is reported when z passes 1.2 times what white noise reaches anywhere in one log of a thousand (so 1.4 times
/// the power of white noise at the window's scale is allowed for), when it is over 0.02 nat, and over 1.5 deviations of
/// the noise or under a learning rate that is not. z is divided by its own robust deviation along the series when that
/// is over 1: slow wandering of a real run widens its own bound. O(n w) for the running medians.
Joints find_joints(const Series& series);

}  // namespace pedigree::training_log
