// SPDX-License-Identifier: MIT
// Training logs of any common trainer, read into one normalised series.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/result.hpp"

namespace pedigree::io {

/// One logged moment. Everything but the order is optional.
struct LogPoint {
  std::optional<double> step;           ///< optimiser steps (iterations)
  std::optional<double> tokens;         ///< tokens consumed so far
  std::optional<double> samples;        ///< sequences consumed so far
  std::optional<double> loss;           ///< training loss as printed, nat per token when it is a cross entropy
  std::optional<double> eval_loss;      ///< loss on held-out text
  std::optional<double> cross_entropy;  ///< a cross-entropy part printed beside a distillation loss
  std::optional<double> distillation;   ///< a KL or logit-matching part
  std::optional<double> learning_rate;
  std::optional<double> grad_norm;
  std::optional<double> tokens_per_second;
  std::optional<double> wall_seconds;  ///< since the start of the run
  std::optional<double> epoch;
};

/// A sentence of the log that says what the run started from, or what its loss is.
struct LogRemark {
  std::uint64_t line = 0;
  std::string kind;  ///< "warm-start" "teacher" "resume" "scratch"
  std::string text;  ///< the line, at most 200 bytes, control characters removed
};

/// A log after reading. Points are in file order; at most kMaximumPoints are kept (every k-th, with
/// the first thousand always whole).
struct TrainingLog {
  static constexpr std::size_t kMaximumPoints = 400'000;
  std::string name;
  std::string format;  ///< "hf-trainer-state" "json-lines" "csv" "tensorboard" "text"
  std::vector<LogPoint> points;
  std::vector<LogRemark> remarks;
  std::vector<std::string> notices;  ///< what was odd while reading, in words
  std::uint64_t lines = 0;
  std::uint64_t not_finite = 0;           ///< losses printed as NaN or infinity
  std::optional<double> vocabulary_size;  ///< when the log says it
  std::optional<double> parameters;       ///< when the log says it
  bool running_mean = false;              ///< the trainer prints means since the epoch began (Keras)
  bool truncated = false;                 ///< the last record is cut
};

/// Reads a log of any supported kind, decided by content. `bytes` may be a mapping of any size: it
/// is walked once. `pattern` (may be empty) is an RE2 regular expression with up to two
/// groups, step and loss, for formats no table knows. Errors: LOG_EMPTY, LOG_NO_LOSS,
/// LOG_PATTERN, LOG_BINARY. Thread-safe.
Result<TrainingLog> read_training_log(std::string_view name, std::string_view bytes, std::string_view pattern = {});

}  // namespace pedigree::io
