// SPDX-License-Identifier: MIT
// One reader per kind of training log. Each appends to `log` and never throws on bad input.
#pragma once

#include <re2/re2.h>

#include <string_view>

#include "../feed.hpp"
#include "pedigree/io/training_log.hpp"

namespace pedigree::io::training_log {

/// trainer_state.json, *.jsonl, W&B histories.
void read_json_log(Feed& feed, TrainingLog& log);

/// Console output of any trainer, one measurement a line. `pattern` may be null.
void read_text_log(Feed& feed, const RE2* pattern, TrainingLog& log);

/// Comma-separated values with a header line that names a loss; W&B's exported charts.
void read_csv_log(Feed& feed, TrainingLog& log);
bool looks_like_csv(std::string_view head);

/// TensorBoard events: TFRecords with masked CRC32C around protobuf Events.
void read_tensorboard(Feed& feed, TrainingLog& log);
bool looks_like_tensorboard(std::string_view head);

}  // namespace pedigree::io::training_log
