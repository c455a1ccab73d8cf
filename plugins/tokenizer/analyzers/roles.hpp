// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "pedigree/io/artifact_role.hpp"

namespace pedigree::tokenizer {

/// What the analyzers of this plugin read.
inline std::vector<std::string_view> tokenizer_roles() {
  namespace role = io::role;
  return {role::kTokenizer,     role::kVocab,       role::kMerges,       role::kGguf,   role::kTokenizerConfig,
          role::kSpecialTokens, role::kAddedTokens, role::kChatTemplate, role::kConfig, role::kTokenizerFacts};
}

}  // namespace pedigree::tokenizer
