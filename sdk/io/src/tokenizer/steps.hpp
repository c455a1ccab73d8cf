// SPDX-License-Identifier: MIT
// The normalizer, pre-tokenizer, post-processor and decoder trees of tokenizer.json as flat lists.
#pragma once

#include <string_view>
#include <vector>

#include "parts.hpp"

namespace pedigree::io {

/// Flattens one tree; `json` is its text ("null" gives an empty list). Errors: TOK_DEPTH, TOK_JSON.
Result<std::vector<TokenizerStep>> read_steps(std::string_view file, std::string_view name, std::string_view json);

/// True when a step has this type.
bool has_step(const std::vector<TokenizerStep>& steps, std::string_view type);

/// Fills what the four lists say about bytes, prefix space and digits.
void summarise_steps(TokenizerConventions& conventions);

/// The spelling that these conventions imply for a model.
Spelling spelling_of(const TokenizerConventions& conventions, TokenizerModel model);

/// True when at least 60 of the 68 letters that only the ByteLevel alphabet has are tokens.
bool looks_byte_level(const std::vector<RawToken>& tokens);

}  // namespace pedigree::io
