// SPDX-License-Identifier: MIT
// Text to typed values: decimal only, locale-independent, units written out. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "framework/pipeline/node.hpp"

namespace pedigree::pipeline {

/// Why a text is no value of the type, as a code of docs/errors and the words after "expected".
struct ScalarError {
  std::string code, expected, hint;
};

/// Decimal integer without leading zero, underscore or fraction.
std::optional<std::int64_t> integer_from(std::string_view text);
/// Decimal number: -1.5e-3; no .inf, .nan, hexadecimal, leading zero, bare point.
std::optional<double> number_from(std::string_view text);
/// "90s" "20m" "1h30m" "2d": seconds.
std::optional<std::int64_t> seconds_from(std::string_view text);
/// "512MiB" "8GiB" "1.5GiB" "10GB": bytes.
std::optional<std::uint64_t> bytes_from(std::string_view text);
/// "102.6B" "19.7T" "350M" or a plain number: how many.
std::optional<double> count_from(std::string_view text);
/// very_high 1.0, high 0.8, medium 0.5, low 0.2, or a number.
std::optional<double> weight_from(std::string_view text);

/// Looks like a number to some YAML readers but is none here: 010, 0x1F, 1_000, .inf, 1:30.
bool is_misleading_number(std::string_view text);
/// yes, no, on, off, y, n in any case, and True, TRUE, ...
bool is_misleading_boolean(std::string_view text);

/// A value of free JSON (sections another module checks): plain scalars become null, true/false, integers and numbers,
/// all else is text. A plain scalar that only looks like a number is a finding, if findings are asked for.
nlohmann::json free_json(const Node& node, Findings* findings);

}  // namespace pedigree::pipeline
