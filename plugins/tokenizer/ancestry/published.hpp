// SPDX-License-Identifier: MIT
// A common-ancestor hypothesis tested on published counts alone, when nobody has the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pedigree/io/tokenizer_signature.hpp"
#include "plugins/tokenizer/model/model.hpp"

namespace pedigree::tokenizer {

/// One published count against what the hypothesis demands.
struct CountTest {
  std::string with;  ///< the vocabulary compared with
  std::string what;  ///< "tokens" or "merges"
  std::int64_t published = 0;
  std::int64_t demanded = 0;  ///< the least that the hypothesis allows
  bool holds() const { return published >= demanded; }
  /// demanded / published: 1 means the hypothesis explains all that is shared.
  double explained() const {
    return published <= 0 ? 0 : static_cast<double>(demanded) / static_cast<double>(published);
  }
};

/// "The vocabulary of `total` tokens holds all of `ancestor`", against every published count.
struct AncestorHypothesis {
  const io::Signature* ancestor = nullptr;
  std::vector<CountTest> tests;
  std::int64_t own_tokens = 0;  ///< total - ancestor: what the maker can have added at most
  bool holds = false;           ///< every test holds and the ancestor fits into the vocabulary
  double explained = 0;         ///< the smallest explained() of the tests
};

/// Tokens two signatures have in common, up to the hash length of the shorter.
std::int64_t common_tokens(const io::Signature& a, const io::Signature& b);

/// Tries every signature as ancestor; those that hold, best explanation first. A vocabulary that holds
/// an ancestor A shares at least |A and V| tokens with every V, and at least that many less the 256
/// single bytes of canonical merges: lower bounds that need no file. Counts with a vocabulary that has
/// no signature are left out. Empty when no count can be tested.
std::vector<AncestorHypothesis> test_published(const TokenizerFacts& facts,
                                               const std::vector<io::Signature>& signatures);

}  // namespace pedigree::tokenizer
