// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/ancestry/relation.hpp"

#include <algorithm>
#include <functional>

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

/// True when so many tokens are listed by spelling (one in twenty) that the plain order misleads.
bool mostly_sorted(const OrderStatistics& all, const OrderStatistics& spoken) {
  return (all.items - spoken.items) * 20 > all.items;
}

/// What is left when the tokens of common ancestors are set aside.
void set_aside(const Profile& subject, const Profile& reference, std::uint32_t peeled,
               const std::function<bool(const SharedToken&)>& speaks, Relation& r) {
  const auto left = [&](const SharedToken& token) { return (subject.ancestry.members[token.subject] & peeled) == 0; };
  r.remainder_tokens = static_cast<std::size_t>(std::count_if(r.overlap.shared.begin(), r.overlap.shared.end(), left));
  r.explained = r.overlap.common() - r.remainder_tokens;
  const auto &s = *subject.tokenizer, &t = *reference.tokenizer;
  r.remainder = order_of(id_places(s, t, r.overlap, left));
  const auto spoken =
      order_of(id_places(s, t, r.overlap, [&](const SharedToken& token) { return left(token) && speaks(token); }));
  const auto merges = order_of(merge_places(subject.merges, reference.merges, r.overlap, left));
  r.remainder_score = spoken.items < kFewestItems ? 0 : order_score(spoken);
  if (mostly_sorted(r.remainder, spoken)) r.remainder = spoken;
  if (merges.items < kFewestItems || order_score(merges) <= r.remainder_score) return;
  r.remainder_score = order_score(merges);
  if (merges.longest_ratio > r.remainder.longest_ratio) r.remainder = merges;
}

/// Too few tokens speak of order: a copy can be told, a relation cannot.
Kinship decide_with_little(const Relation& r) {
  constexpr std::size_t kFewestOfCopy = 50;
  if (r.overlap.jaccard() >= kSameCore && r.ids.items >= kFewestOfCopy && r.ids.longest_ratio >= kWhole)
    return Kinship::kIdentical;
  const bool small = std::min(r.overlap.subject_tokens, r.overlap.reference_tokens) < 2 * kFewestItems;
  return small || r.ids.items >= kFewestItems ? Kinship::kUnclear : Kinship::kIndependent;
}

Kinship decide(const Relation& r) {
  if (r.items() < kFewestItems) return decide_with_little(r);
  const double score = r.score();
  const double contained = std::max(r.overlap.share_of_reference(), r.overlap.share_of_subject());
  if (score < kRelatedScore) {
    if (r.overlap.jaccard() >= kSameSet) return Kinship::kRenumbered;
    if (score <= kUnrelatedScore) return Kinship::kIndependent;
    return contained >= kWhole ? Kinship::kRebuilt : Kinship::kUnclear;
  }
  if (r.overlap.jaccard() >= kSameCore) return Kinship::kIdentical;
  if (r.overlap.share_of_reference() >= kWhole) return Kinship::kExtends;
  if (r.overlap.share_of_subject() >= kWhole) return Kinship::kExtendedBy;
  if (r.peeled.empty()) return Kinship::kPartial;
  return r.remainder_score >= kRelatedScore ? Kinship::kPartial : Kinship::kSiblings;
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
    case Kinship::kRebuilt:
      return "rebuilt";
    case Kinship::kSiblings:
      return "siblings";
    case Kinship::kIndependent:
      return "independent";
    case Kinship::kUnclear:
      return "unclear";
  }
  return "";
}

double Relation::score() const {
  return std::max(spoken.items < kFewestItems ? 0 : order_score(spoken), order_score(merges));
}

bool Relation::listed_by_spelling() const { return mostly_sorted(ids, spoken); }

bool Relation::is_reuse() const { return kinship <= Kinship::kRebuilt; }

Relation relate(const Profile& subject, const Profile& reference) {
  Relation r;
  const auto &s = *subject.tokenizer, &t = *reference.tokenizer;
  r.overlap = overlap_of(s, t);
  const auto speaks = [&](const SharedToken& token) {
    return subject.speakers[token.subject] && reference.speakers[token.reference];
  };
  r.ids = order_of(id_places(s, t, r.overlap));
  r.spoken = order_of(id_places(s, t, r.overlap, speaks));
  const auto merges = merge_places(subject.merges, reference.merges, r.overlap);
  r.common_merges = merges.size();
  if (merges.size() >= kFewestItems) r.merges = order_of(merges);
  r.reference_is = same_as(reference.ancestry);
  r.subject_is = same_as(subject.ancestry);
  r.remainder = r.listed_by_spelling() ? r.spoken : r.ids;
  r.remainder_tokens = r.overlap.common();
  r.remainder_score = r.score();
  if (const std::uint32_t peeled = common_ancestors(subject, reference, r); peeled != 0)
    set_aside(subject, reference, peeled, speaks, r);
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
    case Kinship::kRebuilt:
      return 0.1;
    case Kinship::kIndependent:
      return -0.3;
    case Kinship::kSiblings:
    case Kinship::kUnclear:
      return 0;
  }
  return 0;
}

}  // namespace pedigree::tokenizer
