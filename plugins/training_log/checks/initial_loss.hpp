// SPDX-License-Identifier: MIT
// Where the loss begins. An untrained model spreads its belief over V tokens, so its first loss is
// ln V, plus at most d sigma^2 / 2 for untied heads over normed inputs (methods: 4.4). A model that
// has learned before begins below; the loss of the first step is taken before any update.
#pragma once

#include <string>

#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

enum class Start { abstain, untrained, warm, above_bound };

struct InitialLoss {
  Start start = Start::abstain;
  double first_step = 0, first_loss = 0;
  double log_vocabulary = 0;  ///< ln V; 0 when V is unknown
  double floor = 0;           ///< the lowest loss an untrained start can show at that step
  double log10_lr = 0;        ///< within +-0.7: logs are forgeable
  std::string key;            ///< message key
};

/// Abstains when the loss is no cross entropy, when the log begins too late to tell, or when V is
/// unknown and the first loss fits both stories. O(1).
InitialLoss initial_loss(const Series& series);

/// The lowest share of ln V that a run from random weights shows after `steps` optimiser steps.
/// Envelope of the fastest public speed-run logs (modded-nanogpt: 0.78 at 2, 0.65 at 8, 0.43 at 125,
/// 0.38 at 250, 0.35 at 500), times 0.9 for safety; interpolated in log steps. 1 at step 1 or before.
double untrained_floor_share(double steps);

}  // namespace pedigree::training_log
