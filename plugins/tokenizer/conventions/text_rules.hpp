// SPDX-License-Identifier: MIT
// Normalizers and pre-tokenizers as equivalence classes: what they do to text, however they are written.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "pedigree/io/tokenizer.hpp"

namespace pedigree::tokenizer {

/// Class by topic; a topic that the file says nothing about is absent. Topics and their classes:
/// "digits": single, up to 2, up to 3, runs · "contractions": English, English any case, none ·
/// "prefix space": yes, no · "normalizer": none, NFC, NFKC, nmt_nfkc, Lowercase, ... joined by '+' ·
/// "bytes": byte-level, byte fallback, unknown token.
using TextRules = std::map<std::string, std::string>;

/// Regular expressions are classified by their text; none is executed.
TextRules text_rules_of(const io::Tokenizer& tokenizer);

struct RuleComparison {
  std::size_t known = 0;  ///< topics that both sides speak about
  std::size_t equal = 0;
  std::vector<std::string> differing;  ///< "digits: up to 3 / single" (subject / reference)
};
RuleComparison compare_rules(const TextRules& subject, const TextRules& reference);

}  // namespace pedigree::tokenizer
