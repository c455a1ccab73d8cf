// SPDX-License-Identifier: MIT
// What two vocabularies share, token by token.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "pedigree/io/tokenizer.hpp"
#include "pedigree/io/tokenizer_merges.hpp"
#include "plugins/tokenizer/compare/order.hpp"

namespace pedigree::tokenizer {

/// A core token that both have, as indices into the two tokenizers.
struct SharedToken {
  std::uint32_t subject = 0, reference = 0;
};

/// Core tokens of both sides and what they share, by ascending id of the reference.
struct Overlap {
  std::size_t subject_tokens = 0, reference_tokens = 0;
  std::vector<SharedToken> shared;

  std::size_t common() const { return shared.size(); }
  double share_of_reference() const;  ///< common / reference tokens, 0 when there are none
  double share_of_subject() const;
  double jaccard() const;
};

Overlap overlap_of(const io::Tokenizer& subject, const io::Tokenizer& reference);

/// Ids of the shared tokens of two bytes or more that pass `keep` (indices in the subject and the reference).
std::vector<Places> id_places(const io::Tokenizer& subject, const io::Tokenizer& reference, const Overlap& overlap,
                              const std::function<bool(const SharedToken&)>& keep = {});

/// Canonical merges of one tokenizer: where each token is split, and when.
class MergeTable {
 public:
  explicit MergeTable(const io::Tokenizer& tokenizer);
  std::size_t size() const { return merges_.size(); }
  bool empty() const { return merges_.empty(); }
  const std::vector<io::Merge>& merges() const { return merges_; }
  /// First bytes of the token's left part; 0 when the token is no merge.
  std::uint32_t split(std::size_t token) const { return splits_[token]; }
  /// Place among the canonical merges.
  std::uint32_t place(std::size_t token) const { return places_[token]; }

 private:
  std::vector<io::Merge> merges_;
  std::vector<std::uint32_t> splits_, places_;
};

/// Places of the merges that both have (same bytes, same split), by ascending place in the reference.
std::vector<Places> merge_places(const MergeTable& subject, const MergeTable& reference, const Overlap& overlap,
                                 const std::function<bool(const SharedToken&)>& keep = {});

/// How many core tokens stand at the same place from the start on.
std::size_t common_prefix(const io::Tokenizer& subject, const io::Tokenizer& reference);

}  // namespace pedigree::tokenizer
