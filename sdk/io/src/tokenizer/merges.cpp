// SPDX-License-Identifier: MIT
#include "pedigree/io/tokenizer_merges.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "spelling.hpp"

namespace pedigree::io {
namespace {

constexpr std::size_t kMostLetters = 256;
/// Bytes hashed to find splits: a token of n bytes costs n squared. A real vocabulary of 200,000 needs 20 million.
constexpr std::uint64_t kMostHashed = std::uint64_t{1} << 32;

/// Rank by bytes, one cache line a look-up: 40 bits of the hash beside 24 bits of rank. Two different
/// substrings share a slot and a tag about once in 10^12 look-ups; the merge found would then be wrong
/// for that one token.
class RankTable {
 public:
  static constexpr std::uint32_t kLetter = 0xFFFFFE;  ///< below every rank: letters are always at hand
  static constexpr std::uint32_t kAbsent = 0xFFFFFF;

  explicit RankTable(const Tokenizer& tokenizer) : slots_(std::bit_ceil(tokenizer.size() * 2 + 2), 0) {
    for (std::uint32_t i = 0; i < tokenizer.size(); ++i)
      if (tokenizer.kind(i) == TokenKind::kOrdinary) insert(tokenizer.hash(i), std::min(tokenizer.rank(i), kLetter));
  }
  std::uint32_t find(std::string_view bytes) const {
    const auto hash = token_hash(bytes);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask)
      if ((slots_[slot] ^ hash) >> 24 == 0) return static_cast<std::uint32_t>(slots_[slot] & 0xFFFFFF) - 1;
    return kAbsent;
  }

 private:
  void insert(std::uint64_t hash, std::uint32_t rank) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = (hash & ~std::uint64_t{0xFFFFFF}) | (rank + 1);
  }
  std::vector<std::uint64_t> slots_;
};

class MergeBuilder {
 public:
  explicit MergeBuilder(const Tokenizer& tokenizer)
      : tokenizer_(tokenizer), ranks_of_(tokenizer), bytewise_(tokenizer.conventions().byte_level) {}

  /// Core tokens of several letters, by ascending rank.
  std::vector<std::uint32_t> ranked_tokens() const {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < tokenizer_.size(); ++i)
      if (tokenizer_.kind(i) == TokenKind::kOrdinary && tokenizer_.rank(i) != Tokenizer::kNone &&
          !is_letter(tokenizer_.bytes(i)))
        order.push_back(i);
    const auto by_rank = [&](auto a, auto b) { return tokenizer_.rank(a) < tokenizer_.rank(b); };
    if (!std::is_sorted(order.begin(), order.end(), by_rank)) std::stable_sort(order.begin(), order.end(), by_rank);
    return order;
  }

  /// Splits of a token into two known parts; `built` wants each part a letter or of lower rank.
  const std::vector<std::uint32_t>& splits_of(std::uint32_t token, bool built) {
    const auto bytes = tokenizer_.bytes(token);
    const auto rank = built ? tokenizer_.rank(token) : RankTable::kLetter;
    splits_.clear();
    if (!affordable(bytes)) return splits_;
    for (std::size_t at = step(bytes, 0); at < bytes.size(); at = step(bytes, at))
      if (usable(bytes.substr(0, at), rank) && usable(bytes.substr(at), rank))
        splits_.push_back(static_cast<std::uint32_t>(at));
    return splits_;
  }

  /// The split that ranked BPE ends with, 0 when it does not end with two parts.
  std::uint32_t last_split(std::uint32_t token) {
    const auto bytes = tokenizer_.bytes(token);
    const auto limit = tokenizer_.rank(token);
    bounds_.clear();
    for (std::size_t at = 0; at < bytes.size(); at = step(bytes, at)) bounds_.push_back(at);
    bounds_.push_back(bytes.size());
    if (bounds_.size() - 1 > kMostLetters) return 0;
    ranks_.clear();
    for (std::size_t i = 0; i + 2 < bounds_.size(); ++i) ranks_.push_back(pair_rank(bytes, i, limit));
    while (!ranks_.empty()) {
      const auto lowest = std::min_element(ranks_.begin(), ranks_.end());
      if (*lowest == RankTable::kAbsent) break;
      const auto i = static_cast<std::size_t>(lowest - ranks_.begin());
      bounds_.erase(bounds_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      ranks_.erase(lowest);
      if (i < ranks_.size()) ranks_[i] = pair_rank(bytes, i, limit);
      if (i > 0) ranks_[i - 1] = pair_rank(bytes, i - 1, limit);
    }
    return bounds_.size() == 3 ? static_cast<std::uint32_t>(bounds_[1]) : 0;
  }

  /// The one split, or BPE's choice among several.
  std::uint32_t canonical_split(std::uint32_t token) {
    const auto& splits = splits_of(token, true);
    return splits.empty() ? 0 : splits.size() == 1 ? splits.front() : last_split(token);
  }

  std::uint32_t rank(std::string_view bytes) const { return ranks_of_.find(bytes); }

 private:
  std::size_t step(std::string_view bytes, std::size_t at) const {
    return bytewise_ ? at + 1 : std::min(bytes.size(), at + utf8_length(static_cast<unsigned char>(bytes[at])));
  }
  /// False for tokens too long to be split in good time, and when a hostile file has used up its share.
  bool affordable(std::string_view bytes) {
    if (bytes.size() > kMostLetters * (bytewise_ ? 1 : 4)) return false;
    hashed_ += std::uint64_t{bytes.size()} * bytes.size();
    return hashed_ <= kMostHashed;
  }
  bool is_letter(std::string_view bytes) const { return bytes.empty() || step(bytes, 0) >= bytes.size(); }
  bool usable(std::string_view bytes, std::uint32_t limit) const {
    const auto found = ranks_of_.find(bytes);
    return found != RankTable::kAbsent && (found < limit || found == RankTable::kLetter || is_letter(bytes));
  }
  std::uint32_t pair_rank(std::string_view bytes, std::size_t i, std::uint32_t limit) const {
    const auto found = ranks_of_.find(bytes.substr(bounds_[i], bounds_[i + 2] - bounds_[i]));
    return found < limit ? found : RankTable::kAbsent;
  }

  const Tokenizer& tokenizer_;
  RankTable ranks_of_;
  bool bytewise_;
  std::uint64_t hashed_ = 0;
  std::vector<std::uint32_t> splits_, ranks_;
  std::vector<std::size_t> bounds_;
};

/// How often the file lists each token: once, or more.
struct Listing {
  explicit Listing(const Tokenizer& tokenizer) : seen(tokenizer.size()), again(tokenizer.size()) {
    for (const auto& merge : tokenizer.listed_merges()) {
      if (seen[merge.token]) {
        again[merge.token] = true;
        ++repeated;
      }
      seen[merge.token] = true;
    }
  }
  std::vector<bool> seen, again;
  std::size_t repeated = 0;
};

}  // namespace

std::vector<Merge> canonical_merges(const Tokenizer& tokenizer) {
  std::vector<Merge> out;
  if (!tokenizer.is_bpe()) return out;
  out.reserve(tokenizer.size());
  const auto listed = tokenizer.listed_merges();
  const Listing listing{tokenizer};
  // Few repeats are a trainer's list with oddities, many a converter's: then no split is taken at its word.
  if (!listed.empty() && listing.repeated * 100 <= listed.size()) {
    std::optional<MergeBuilder> builder;
    for (std::size_t m = 0; m < listed.size(); ++m) {
      if (tokenizer.rank(listed[m].token) != m) continue;
      out.push_back(listed[m]);
      if (!listing.again[listed[m].token]) continue;
      if (!builder) builder.emplace(tokenizer);
      if (const auto split = builder->canonical_split(listed[m].token); split != 0) out.back().split = split;
    }
    return out;
  }
  MergeBuilder builder{tokenizer};
  for (const auto token : builder.ranked_tokens())
    if (const auto split = builder.canonical_split(token); split != 0) out.push_back({token, split});
  return out;
}

std::vector<Merge> every_split(const Tokenizer& tokenizer, std::size_t limit) {
  std::vector<Merge> out;
  if (!tokenizer.has_ranks()) return out;
  MergeBuilder builder{tokenizer};
  for (const auto token : builder.ranked_tokens()) {
    if (out.size() >= limit) break;
    const std::size_t first = out.size();
    for (const auto split : builder.splits_of(token, false)) out.push_back({token, split});
    const auto key = [&](const Merge& merge) {
      const auto bytes = tokenizer.bytes(merge.token);
      return std::pair{builder.rank(bytes.substr(0, merge.split)), builder.rank(bytes.substr(merge.split))};
    };
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
              [&](const Merge& a, const Merge& b) { return key(a) < key(b); });
  }
  if (out.size() > limit) out.resize(limit);
  return out;
}

}  // namespace pedigree::io
