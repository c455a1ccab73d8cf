// SPDX-License-Identifier: MIT
// Answers inside JSON values, whatever a harness calls the fields.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "pedigree/io/responses.hpp"

namespace pedigree::io::responses {

/// Appends every answer found in `value`, descending through arrays and objects at most 16 deep.
void collect_answers(const nlohmann::json& value, AnswerSet& set);

/// Cleans text: invalid UTF-8 replaced, cut to 1 MiB at a character boundary.
std::string clean_text(std::string_view text);

}  // namespace pedigree::io::responses
