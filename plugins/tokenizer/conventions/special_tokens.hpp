// SPDX-License-Identifier: MIT
// Special tokens as sets, families and blocks of ids.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "plugins/tokenizer/model/model.hpp"

namespace pedigree::tokenizer {

struct SpecialTokens {
  std::map<std::string, std::int64_t> tokens;  ///< text -> id, -1 when only the text is known; reserved slots left out
  std::size_t reserved = 0;                    ///< unused slots
  std::int64_t first_reserved = -1, last_reserved = -1;
  std::size_t after_core = 0;      ///< special and added tokens with ids above all core tokens
  std::set<std::string> families;  ///< "chatml", "llama-3", "inst", "gemma", "deepseek", ...
};

SpecialTokens special_tokens_of(const Model& model);

struct SpecialComparison {
  std::size_t subject = 0, reference = 0;  ///< tokens that are not common everywhere
  std::vector<std::string> shared;
  std::size_t same_id = 0;  ///< shared ones with the same known id
  double jaccard = 0;
  std::vector<std::string> same_roles;  ///< "bos=<s>" where both agree
};

/// Tokens that nearly every tokenizer has (`<s>`, `</s>`, `<unk>`, `<pad>`, `<|endoftext|>` ...) are not
/// counted, so that a value of 0 means no particular likeness.
SpecialComparison compare_specials(const Model& subject, const Model& reference);

}  // namespace pedigree::tokenizer
