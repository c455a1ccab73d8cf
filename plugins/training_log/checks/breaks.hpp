// SPDX-License-Identifier: MIT
// Columns beside the loss that do not go on as they were.
#pragma once

#include "plugins/training_log/checks/joints.hpp"

namespace pedigree::training_log {

/// Learning rates that leap between two smooth stretches (neither a step schedule nor a warm restart), tokens per step
/// that change, decimals that change.
std::vector<Break> find_breaks(const Series& series);

/// The learning rate steps near `index` between two constant stretches, or restarts at its peak, in the direction in
/// which that moves the loss.
bool rate_steps_with(const Series& series, std::size_t index, double change);

/// Times the token counter went back while the steps went on.
std::size_t token_regressions(const Series& series);

}  // namespace pedigree::training_log
