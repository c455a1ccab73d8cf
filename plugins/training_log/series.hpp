// SPDX-License-Identifier: MIT
// A log prepared for the checks: one loss series in nats, and what is known of the run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pedigree/io/training_log.hpp"

namespace pedigree::training_log {

/// What the loss column is. Only a cross entropy per token can be held against ln V.
enum class LossKind { cross_entropy, distillation, not_a_token_loss };

/// Steps ascending within a segment; `loss` is nat per token when kind is cross_entropy.
struct Series {
  std::vector<double> step, loss;
  std::vector<double> learning_rate_step, learning_rate;
  std::vector<double> wall_step, wall_seconds;
  std::vector<double> token_step, tokens;
  std::vector<double> epoch;          ///< same length as `step` when the log has epochs, else empty
  std::vector<std::size_t> restarts;  ///< indices where the step went back
  bool steps_known = true;            ///< false: the log prints no steps, `step` counts its points
  std::size_t removed_repeats = 0;    ///< points logged twice with the same loss
  LossKind kind = LossKind::cross_entropy;
  bool evaluation = false;  ///< the series is of held-out loss, because the log has no training loss
  bool running_mean = false;
  std::optional<double> vocabulary;  ///< V, from the option, the model's config or the log itself
  std::string vocabulary_source;
  bool untied = false;  ///< the model's config says that embedding and output are two matrices
};

/// Builds the series. `vocabulary` may come from an option or the model's config (source says which).
Series make_series(const io::TrainingLog& log, std::optional<double> vocabulary, std::string vocabulary_source);

double median(std::vector<double> values);
/// 1.4826 x median absolute deviation: a standard deviation that outliers do not move.
double robust_deviation(const std::vector<double>& values);

}  // namespace pedigree::training_log
