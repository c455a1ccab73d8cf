// SPDX-License-Identifier: MIT
// Which public vocabularies a tokenizer was built on, by signature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pedigree/io/tokenizer.hpp"
#include "pedigree/io/tokenizer_signature.hpp"
#include "plugins/tokenizer/compare/order.hpp"
#include "plugins/tokenizer/compare/speakers.hpp"

namespace pedigree::tokenizer {

/// All signatures this plugin carries, smallest vocabulary first. Throws std::logic_error for a damaged one.
std::vector<io::Signature> shipped_signatures();

/// One tokenizer held against one signature.
struct AncestorMatch {
  const io::Signature* signature = nullptr;
  std::size_t members = 0;    ///< core tokens of the tokenizer that the signature has
  double share = 0;           ///< members / tokens of the signature: how much of it is there
  OrderStatistics order;      ///< of the members whose place the signature keeps
  OrderStatistics remainder;  ///< the same without members of ancestors accepted before
  bool accepted = false;      ///< an ancestor, or the vocabulary itself
  bool same = false;          ///< accepted, and neither side has more than 0.5 % of its own
};

/// A tokenizer's ancestry.
struct Ancestry {
  std::vector<AncestorMatch> matches;  ///< one for each signature, in their order
  std::vector<std::uint32_t> members;  ///< per token: bit k = member of accepted ancestor k (in order of acceptance)
  std::vector<const io::Signature*> accepted;

  /// The accepted ancestor that explains most tokens; nullptr when there is none.
  const AncestorMatch* closest() const;
  /// Core tokens that some accepted ancestor has.
  std::size_t explained() const;
};

/// Holds `tokenizer` against every signature. Smaller vocabularies come first and are peeled off
/// before a larger one is tried, so that a sibling is not taken for a parent: Qwen shares 100,256
/// ordered tokens with Llama-3, and none of the order in what Llama-3 added.
Ancestry ancestry_of(const io::Tokenizer& tokenizer, const Speakers& speakers,
                     const std::vector<io::Signature>& signatures);
inline Ancestry ancestry_of(const io::Tokenizer& tokenizer, const std::vector<io::Signature>& signatures) {
  return ancestry_of(tokenizer, Speakers{tokenizer}, signatures);
}

/// Fewest tokens whose order is worth testing, and the order score from which two lists are related
/// (calibration: docs/analyzers/tokenizer.md).
inline constexpr std::size_t kFewestItems = 200;
inline constexpr double kRelatedScore = 0.2;
inline constexpr double kUnrelatedScore = 0.03;

}  // namespace pedigree::tokenizer
