// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/compare/overlap.hpp"

#include <algorithm>

#include "plugins/tokenizer/compare/speakers.hpp"

namespace pedigree::tokenizer {
namespace {

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double Overlap::share_of_reference() const { return ratio(common(), reference_tokens); }
double Overlap::share_of_subject() const { return ratio(common(), subject_tokens); }
double Overlap::jaccard() const { return ratio(common(), subject_tokens + reference_tokens - common()); }

Overlap overlap_of(const io::Tokenizer& subject, const io::Tokenizer& reference) {
  Overlap out;
  out.subject_tokens = subject.core_count();
  out.reference_tokens = reference.core_count();
  out.shared.reserve(std::min(out.subject_tokens, out.reference_tokens));
  std::size_t expected = 0;
  for (std::uint32_t r = 0; r < reference.size(); ++r) {
    if (!reference.is_core(r)) continue;
    // Descendants keep long runs in order: the neighbour of the last hit is tried before the index.
    const bool next = expected < subject.size() && subject.hash(expected) == reference.hash(r) &&
                      subject.is_core(expected) && subject.bytes(expected) == reference.bytes(r);
    const auto found = next ? expected : subject.find(reference.hash(r), reference.bytes(r)).value_or(subject.size());
    if (found == subject.size()) continue;
    out.shared.push_back({static_cast<std::uint32_t>(found), r});
    expected = found + 1;
  }
  return out;
}

std::vector<Places> id_places(const io::Tokenizer& subject, const io::Tokenizer& reference, const Overlap& overlap,
                              const std::function<bool(const SharedToken&)>& keep) {
  std::vector<Places> out;
  out.reserve(overlap.shared.size());
  for (const auto& token : overlap.shared)
    if (is_learned_sequence(reference, token.reference) && (!keep || keep(token)))
      out.push_back({subject.id(token.subject), reference.id(token.reference)});
  return out;
}

MergeTable::MergeTable(const io::Tokenizer& tokenizer)
    : merges_(io::canonical_merges(tokenizer)), splits_(tokenizer.size()), places_(tokenizer.size()) {
  for (std::size_t m = 0; m < merges_.size(); ++m) {
    splits_[merges_[m].token] = merges_[m].split;
    places_[merges_[m].token] = static_cast<std::uint32_t>(m);
  }
}

std::vector<Places> merge_places(const MergeTable& subject, const MergeTable& reference, const Overlap& overlap,
                                 const std::function<bool(const SharedToken&)>& keep) {
  std::vector<Places> out;
  for (const auto& token : overlap.shared) {
    const auto split = reference.split(token.reference);
    if (split != 0 && split == subject.split(token.subject) && (!keep || keep(token)))
      out.push_back({subject.place(token.subject), reference.place(token.reference)});
  }
  const auto by_reference = [](const Places& a, const Places& b) { return a.reference < b.reference; };
  if (!std::is_sorted(out.begin(), out.end(), by_reference)) std::sort(out.begin(), out.end(), by_reference);
  return out;
}

std::size_t common_prefix(const io::Tokenizer& subject, const io::Tokenizer& reference) {
  std::size_t s = 0, r = 0, equal = 0;
  const auto skip = [](const io::Tokenizer& t, std::size_t& i) {
    while (i < t.size() && !t.is_core(i)) ++i;
  };
  for (;; ++s, ++r, ++equal) {
    skip(subject, s);
    skip(reference, r);
    if (s == subject.size() || r == reference.size() || subject.hash(s) != reference.hash(r) ||
        subject.bytes(s) != reference.bytes(r))
      return equal;
  }
}

}  // namespace pedigree::tokenizer
