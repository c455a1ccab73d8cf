// SPDX-License-Identifier: MIT
// Training logs of any common trainer, read into one normalised series.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/byte_source.hpp"
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

/// A log after reading. Points are in file order; at most kMaximumPoints are kept: the first thousand whole, of what
/// follows every k-th (kept_every), of rows with a training loss and of rows without one each by itself. What is left
/// is a log that was printed less often: noise stays fresh, levels and joints stay where they are.
struct TrainingLog {
  static constexpr std::size_t kMaximumPoints = 200'000;
  std::string name;
  std::string format;  ///< "hf-trainer-state" "json-lines" "csv" "tensorboard" "text"
  std::vector<LogPoint> points;
  std::vector<LogRemark> remarks;
  std::vector<std::string> notices;       ///< what was odd while reading, in words
  std::uint64_t lines = 0;                ///< lines of text, rows of a table, records
  std::uint64_t kept_every = 1;           ///< one of so many points was kept past the first thousand
  std::uint64_t not_finite = 0;           ///< losses printed as NaN or infinity
  std::optional<double> vocabulary_size;  ///< when the log says it
  std::optional<double> parameters;       ///< when the log says it
  bool running_mean = false;              ///< the trainer prints means over many steps (Keras, nanochat)
  bool truncated = false;                 ///< the last record is cut
};

/// Reads a log of any supported kind, decided by content, walking the file once. Held at once: one piece of it (1 MiB,
/// or one line or record of at most 64 MiB) and the points kept, whatever the file's size. `pattern` (may be empty) is
/// an RE2 regular expression with up to two groups, step and loss, for formats no table knows. Errors: LOG_EMPTY,
/// LOG_NO_LOSS, LOG_PATTERN, LOG_BINARY, READ_*. Thread-safe.
Result<TrainingLog> read_training_log(const ByteSource& source, std::string_view pattern = {});
/// The same of bytes at hand.
Result<TrainingLog> read_training_log(std::string_view name, std::string_view bytes, std::string_view pattern = {});

}  // namespace pedigree::io
