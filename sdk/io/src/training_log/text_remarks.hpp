// SPDX-License-Identifier: MIT
// What a console log says in words: where the run started, how large the model and its vocabulary are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/training_log.hpp"

namespace pedigree::io::training_log {

/// Words without which no line holds a remark or a fact, for a scan over the whole text.
std::vector<std::string_view> remark_words();

/// Notes what a line without a measurement says. `lowered` is plain_lower(line).
void note_line(std::string_view line, std::string_view lowered, TrainingLog& log);

}  // namespace pedigree::io::training_log
