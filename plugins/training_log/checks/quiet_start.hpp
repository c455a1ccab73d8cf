// SPDX-License-Identifier: MIT
// Is the beginning as quiet as an untrained model's? It gives every token nearly the same probability, so that it makes
// no difference which tokens a batch holds.
#pragma once

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

struct QuietStart {
  bool judged = false;
  std::size_t points = 0;  ///< from the first on, within 0.3 nat of ln V
  double early = 0;        ///< deviation of one of them, from second differences, nat
  double late = 0;         ///< deviation of one point of the later half, nat
  bool loud = false;
};

/// A prediction that lies a mean g below ln V has token losses of variance near 2 g (both are half the variance of the
/// logits, to first order): 0.77 nat at g = 0.3, where a trained model's token losses spread over 2 to 3 nat. So one
/// point near ln V has at most 0.4 of the later noise, whatever the batch. Loud: more than 0.6, and of 8 points or
/// more. Not judged: a start more than 0.1 nat from ln V (a wide initialisation spreads by itself), a log that prints
/// too coarsely, means, restarts, unknown V or steps. O(n).
QuietStart check_quiet_start(const Series& series);

}  // namespace pedigree::training_log
