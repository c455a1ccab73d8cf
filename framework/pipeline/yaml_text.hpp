// SPDX-License-Identifier: MIT
// Checks of YAML text that yaml-cpp does not make, on the bytes themselves.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "framework/pipeline/source.hpp"

namespace pedigree::pipeline {

/// Encoding, control characters, tabs in indentation, emptiness. False when parsing makes no sense.
bool check_text(int source, Findings& findings);

/// Length in bytes of the scalar at `offset` when it is not plain: from the quote to its end, both included; 1 for a
/// block scalar; 0 when the quote is never closed (yaml-cpp then takes the rest of the file). Anchors before the quote
/// are part of it.
std::size_t quoted_length(std::string_view text, std::size_t offset);

/// C0 controls except tab, newline and carriage return, and DEL.
bool has_control_character(std::string_view text);

/// What to do about a message of yaml-cpp; `line` is where it gave up.
std::string syntax_hint(std::string_view message, std::string_view line);

}  // namespace pedigree::pipeline
