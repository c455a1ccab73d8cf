// SPDX-License-Identifier: MIT
// The logs of one model, read and put in order: which one shows the beginning.
#pragma once

#include <vector>

#include "pedigree/analyzer.hpp"
#include "plugins/training_log/checks/initial_loss.hpp"
#include "plugins/training_log/series.hpp"

namespace pedigree::training_log {

struct ReadLog {
  io::TrainingLog log;
  Series series;
  InitialLoss start;
};

struct RunRecord {
  std::vector<ReadLog> logs;            ///< the one that shows the beginning first
  std::vector<std::string> unreadable;  ///< error texts of logs that could not be read
};

/// Reads every training-log artifact of the subject. The log that begins untrained comes first, then
/// the one with the smallest first step. `vocabulary` 0 means: from the model's config, else the log.
RunRecord read_record(const Request& request, double vocabulary, std::string_view pattern);

/// vocab_size of the model's config (top level or its text part), 0 when it does not say.
double config_vocabulary(const Request& request);

}  // namespace pedigree::training_log
