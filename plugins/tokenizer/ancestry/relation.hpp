// SPDX-License-Identifier: MIT
// How two vocabularies are related, after what both took from public ancestors is set aside.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "plugins/tokenizer/ancestry/ancestry.hpp"
#include "plugins/tokenizer/compare/overlap.hpp"

namespace pedigree::tokenizer {

enum class Kinship : unsigned char {
  kIdentical,    ///< the same core tokens in the same order
  kRenumbered,   ///< the same core tokens, other ids
  kExtends,      ///< the subject holds the reference's tokens in order, and its own
  kExtendedBy,   ///< the reference holds the subject's tokens in order, and its own
  kPartial,      ///< an ordered part in common that no known ancestor explains
  kRebuilt,      ///< one holds nearly all of the other, in a trace of its order: learned again on its ground
  kSiblings,     ///< an ordered part in common, all of it from a public ancestor
  kIndependent,  ///< common tokens in no common order
  kUnclear,      ///< too little in common, or between the bands
};
std::string_view name_of(Kinship kinship);

/// Everything one tokenizer needs for comparisons; built once per model.
struct Profile {
  const io::Tokenizer* tokenizer = nullptr;
  Speakers speakers;
  MergeTable merges;
  Ancestry ancestry;

  Profile(const io::Tokenizer& t, const std::vector<io::Signature>& signatures)
      : tokenizer(&t), speakers(t), merges(t), ancestry(ancestry_of(t, speakers, signatures)) {}
};

struct Relation {
  Kinship kinship = Kinship::kUnclear;
  Overlap overlap;
  OrderStatistics ids, merges;               ///< over everything shared
  OrderStatistics spoken;                    ///< the ids of those tokens alone that are not listed by spelling
  std::size_t common_merges = 0;             ///< canonical merges both have
  std::vector<const io::Signature*> peeled;  ///< common ancestors set aside (never the reference itself)
  std::size_t explained = 0;                 ///< shared tokens that they explain
  OrderStatistics remainder;                 ///< of the shared tokens that are left
  std::size_t remainder_tokens = 0;
  double remainder_score = 0;                   ///< order score of what is left, tokens listed by spelling aside
  const io::Signature* reference_is = nullptr;  ///< the public vocabulary that the reference's core equals
  const io::Signature* subject_is = nullptr;

  /// The larger of the order scores of merges and of ids that speak: the statistic that decides.
  double score() const;
  /// Shared tokens or merges that the score rests on.
  std::size_t items() const { return std::max(spoken.items, merges.items); }
  /// True when enough shared tokens stand in sorted runs to make the order of `ids` mislead.
  bool listed_by_spelling() const;
  /// True when the subject's tokenizer, or a part of it, came from the reference's line.
  bool is_reuse() const;
};

Relation relate(const Profile& subject, const Profile& reference);

/// log10 likelihood ratio "weights descend from the reference" over "independent". Small on purpose, at
/// most 0.5 in size (methods.md sections 4.1 and 5.3); calibration in docs/analyzers/tokenizer.md.
double log10_likelihood_ratio(const Relation& relation);

}  // namespace pedigree::tokenizer
