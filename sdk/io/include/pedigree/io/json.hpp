// SPDX-License-Identifier: MIT
// JSON from a file nobody vouches for: bounded in bytes, depth and values, no duplicate keys, UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "pedigree/io/result.hpp"

namespace pedigree::io {

/// What a document may cost. The defaults fit configuration files; raise `bytes` and `values` for
/// documents that hold a vocabulary.
struct JsonLimits {
  std::size_t bytes = std::size_t{16} << 20;  ///< size of the text
  unsigned depth = 64;                        ///< nested arrays and objects
  std::size_t values = 1'000'000;             ///< scalars, arrays and objects together
  /// Accept bare NaN, Infinity and -Infinity, as older `transformers` wrote them; each becomes
  /// {"__float__": "NaN"}, the form that `transformers` 5 writes.
  bool bare_nonfinite = false;
};

/// Limits for `config.json` and its kin, which may hold bare NaN and Infinity.
JsonLimits config_json_limits();

/// Parses one document. A UTF-8 byte order mark is skipped. Errors (place = "byte N", with the
/// name of the key where it helps): JSON_EMPTY, JSON_SIZE, JSON_ENCODING (UTF-16/32 or invalid
/// UTF-8), JSON_DEPTH, JSON_VALUES, JSON_DUPLICATE_KEY, JSON_NUMBER (does not fit a double),
/// JSON_SYNTAX (also: truncated), JSON_NOT_JSON (an HTML page or a Git-LFS pointer).
/// `file` is only named in errors. Pure, thread-safe.
Result<nlohmann::json> parse_json(std::string_view text, const JsonLimits& limits = {}, std::string_view file = {});

/// The value as an exact integer: an integer, or a float without fraction below 2^53. Nothing for
/// text, booleans, "4096", 1.5, 1e30 and what does not fit.
std::optional<std::int64_t> json_integer(const nlohmann::json& value);

/// The value as a finite number; nothing for anything else, {"__float__": "Infinity"} included.
std::optional<double> json_number(const nlohmann::json& value);

/// Text for messages and reports: compact JSON, invalid UTF-8 replaced, cut to `limit` bytes at a
/// character boundary with "..." in place of the rest.
std::string json_excerpt(const nlohmann::json& value, std::size_t limit = 120);

/// Serialises for evidence: compact, invalid UTF-8 replaced, never throws for bad text.
std::string json_text(const nlohmann::json& value);

}  // namespace pedigree::io
