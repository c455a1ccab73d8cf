// SPDX-License-Identifier: MIT
// The two big members of a tokenizer document: vocabulary and merges.
#pragma once

#include "json_document.hpp"

namespace pedigree::io {

/// {"token": id, ...}. Errors: TOK_TYPE, TOK_ID_RANGE, TOK_TOO_MANY, TOK_JSON.
Status read_id_vocabulary(JsonDocument& document, simdjson::ondemand::object vocab, const TokenizerLimits& limits,
                          std::vector<RawToken>& out);

/// [["token", score], ...]: the id is the place. Errors as above.
Status read_scored_vocabulary(JsonDocument& document, simdjson::ondemand::array vocab, const TokenizerLimits& limits,
                              std::vector<RawToken>& out);

/// ["a b", ...] or [["a", "b"], ...]. Errors: TOK_MERGE_SYNTAX, TOK_TOO_MANY, TOK_JSON.
Status read_merges(JsonDocument& document, simdjson::ondemand::array merges, const TokenizerLimits& limits,
                   std::vector<RawMerge>& out);

/// "a b" split at its only space; nothing otherwise.
std::optional<RawMerge> split_merge(std::string_view line);

}  // namespace pedigree::io
