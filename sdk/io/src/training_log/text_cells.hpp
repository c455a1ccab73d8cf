// SPDX-License-Identifier: MIT
// "name: value" cells of one console line, whatever stands between them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pedigree/io/training_log.hpp"

namespace pedigree::io::training_log {

/// Measurements sit at the front of a line.
inline constexpr std::size_t kParsedPrefix = 4096;

/// The line without ANSI escapes and backspaces, in lower case, at most kParsedPrefix bytes.
void plain_lower(std::string_view line, std::string& out);

/// The number after a name: blanks, one of : = and quotes between them, K/M/B (lowered with the line) behind it.
std::optional<double> value_after(std::string_view rest);

/// Every known name in the lowered line with the number behind it; where two names mean one field the longer holds.
void read_cells(std::string_view lowered, LogPoint& point, std::uint64_t& not_finite);

}  // namespace pedigree::io::training_log
