// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/ancestry/relation.hpp"

#include <algorithm>

namespace pedigree::tokenizer {
namespace {

constexpr double kWhole = 0.98;      ///< share from which one vocabulary holds another
constexpr double kSameCore = 0.995;  ///< Jaccard of two copies of one vocabulary
constexpr double kSameSet = 0.95;    ///< Jaccard that independent training never reaches (largest seen: 0.61)

/// Bits of the subject's accepted ancestors that the reference has too, the reference itself left out.
std::uint32_t common_ancestors(const Profile& subject, const Profile& reference, Relation& relation) {
  std::uint32_t bits = 0;
  for (std::size_t k = 0; k < subject.ancestry.accepted.size(); ++k) {
    const auto* signature = subject.ancestry.accepted[k];
    const auto& theirs = reference.ancestry.accepted;
    if (std::find(theirs.begin(), theirs.end(), signature) == theirs.end()) continue;
    if (signature == relation.reference_is) continue;
    bits |= std::uint32_t{1} << k;
    relation.peeled.push_back(signature);
  }
  return bits;
}

const io::Signature* same_as(const Ancestry& ancestry) {
  const auto* closest = ancestry.closest();
  return closest != nullptr && closest->same ? closest->signature : nullptr;
}

Kinship decide(const Relation& r) {
  if (r.overlap.common() < kFewestItems)
    return r.overlap.reference_tokens < 2 * kFewestItems ? Kinship::kUnclear : Kinship::kIndependent;
  const double score = r.score();
  if (score < kRelatedScore) {
    if (r.overlap.jaccard() >= kSameSet) return Kinship::kRenumbered;
    return score <= kUnrelatedScore ? Kinship::kIndependent : Kinship::kUnclear;
  }
  if (r.overlap.jaccard() >= kSameCore) return Kinship::kIdentical;
  if (r.overlap.share_of_reference() >= kWhole) return Kinship::kExtends;
  if (r.overlap.share_of_subject() >= kWhole) return Kinship::kExtendedBy;
  if (r.peeled.empty()) return Kinship::kPartial;
  const bool own_order = r.remainder.items >= kFewestItems && order_score(r.remainder) >= kRelatedScore;
  return own_order ? Kinship::kPartial : Kinship::kSiblings;
}

}  // namespace

std::string_view name_of(Kinship kinship) {
  switch (kinship) {
    case Kinship::kIdentical:
      return "identical";
    case Kinship::kRenumbered:
      return "renumbered";
    case Kinship::kExtends:
      return "extends";
    case Kinship::kExtendedBy:
      return "extended-by";
    case Kinship::kPartial:
      return "partial";
    case Kinship::kSiblings:
      return "siblings";
    case Kinship::kIndependent:
      return "independent";
    case Kinship::kUnclear:
      return "unclear";
  }
  return "";
}

double Relation::score() const { return std::max(order_score(ids), order_score(merges)); }

bool Relation::is_reuse() const { return kinship <= Kinship::kPartial; }

Relation relate(const Profile& subject, const Profile& reference) {
  Relation r;
  const auto &s = *subject.tokenizer, &t = *reference.tokenizer;
  r.overlap = overlap_of(s, t);
  r.ids = order_of(id_places(s, t, r.overlap));
  const auto merges = merge_places(subject.merges, reference.merges, r.overlap);
  r.common_merges = merges.size();
  if (merges.size() >= kFewestItems) r.merges = order_of(merges);
  r.reference_is = same_as(reference.ancestry);
  r.subject_is = same_as(subject.ancestry);
  const std::uint32_t peeled = common_ancestors(subject, reference, r);
  const auto left = [&](std::uint32_t token) { return (subject.ancestry.members[token] & peeled) == 0; };
  for (const auto& token : r.overlap.shared) r.remainder_tokens += static_cast<std::size_t>(left(token.subject));
  r.explained = r.overlap.common() - r.remainder_tokens;
  r.remainder = peeled == 0 ? r.ids : order_of(id_places(s, t, r.overlap, left));
  if (peeled != 0) {
    const auto left_merges = order_of(merge_places(subject.merges, reference.merges, r.overlap, left));
    if (left_merges.items >= kFewestItems && order_score(left_merges) > order_score(r.remainder))
      r.remainder = left_merges;
  }
  r.kinship = decide(r);
  return r;
}

double log10_likelihood_ratio(const Relation& r) {
  const bool is_public = r.reference_is != nullptr;
  switch (r.kinship) {
    case Kinship::kIdentical:
    case Kinship::kRenumbered:
      return is_public ? 0.3 : 0.45;
    case Kinship::kExtends:
      return is_public ? 0.15 : 0.4;
    case Kinship::kPartial:
      return 0.2;
    case Kinship::kExtendedBy:
      return r.remainder_tokens < kFewestItems ? 0 : 0.1;
    case Kinship::kIndependent:
      return -0.3;
    case Kinship::kSiblings:
    case Kinship::kUnclear:
      return 0;
  }
  return 0;
}

}  // namespace pedigree::tokenizer
