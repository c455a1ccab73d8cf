// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/ancestry/ancestry.hpp"

#include <algorithm>
#include <stdexcept>

#include "plugins/tokenizer/ancestry/embedded.hpp"
#include "plugins/tokenizer/compare/overlap.hpp"

namespace pedigree::tokenizer {
namespace {

constexpr std::size_t kMostAncestors = 32;
constexpr double kSame = 0.995;
constexpr double kLeastShare = 0.1;  ///< of what an ancestor adds to the accepted ones

/// Core tokens by hash, to be merged with the sorted table of a signature.
struct HashedToken {
  std::uint64_t hash;
  std::uint32_t token;
  bool speaks;  ///< of order
};

std::vector<HashedToken> hashed_tokens(const io::Tokenizer& tokenizer, const Speakers& speakers) {
  std::vector<HashedToken> out;
  out.reserve(tokenizer.core_count());
  for (std::uint32_t i = 0; i < tokenizer.size(); ++i)
    if (tokenizer.is_core(i)) out.push_back({tokenizer.hash(i), i, speakers[i]});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.hash < b.hash; });
  return out;
}

/// A token that a signature has; place is kNoPlace when it says nothing about order.
struct Member {
  std::uint32_t token, place;
};

std::vector<Member> members_of(const std::vector<HashedToken>& tokens, const io::Signature& signature) {
  std::vector<Member> out;
  out.reserve(std::min(tokens.size(), signature.entries.size()));
  const unsigned shift = 64 - signature.hash_bits;
  std::size_t at = 0;
  for (const auto& entry : signature.entries) {
    while (at < tokens.size() && (tokens[at].hash >> shift) < entry.prefix) ++at;
    if (at == tokens.size()) break;
    if ((tokens[at].hash >> shift) != entry.prefix) continue;
    out.push_back({tokens[at].token, tokens[at].speaks ? entry.place : io::Signature::kNoPlace});
    ++at;
  }
  return out;
}

bool ranks_follow_ids(const io::Tokenizer& tokenizer) {
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < tokenizer.size(); ++i) {
    const auto rank = tokenizer.rank(i);
    if (rank == io::Tokenizer::kNone) continue;
    if (rank < last) return false;
    last = rank;
  }
  return true;
}

/// Order of members against their places, by id and, where that is another order, by rank.
class MemberOrder {
 public:
  explicit MemberOrder(const io::Tokenizer& tokenizer)
      : tokenizer_(tokenizer), try_ranks_(tokenizer.has_ranks() && !ranks_follow_ids(tokenizer)) {}

  template <class Keep>
  OrderStatistics measure(const std::vector<Member>& members, std::uint32_t places, Keep keep) {
    const auto by_id = one(members, places, keep, [&](std::uint32_t token) { return tokenizer_.id(token); });
    if (!try_ranks_ || order_score(by_id) >= kRelatedScore) return by_id;
    const auto by_rank = one(members, places, keep, [&](std::uint32_t token) { return tokenizer_.rank(token); });
    return order_score(by_rank) > order_score(by_id) ? by_rank : by_id;
  }

 private:
  /// A sample of kScreen places decides whether all are looked at: of unrelated lists the exact value
  /// is not worth its time, and a sample of related ones is as ordered as the whole.
  template <class Keep, class Value>
  OrderStatistics one(const std::vector<Member>& members, std::uint32_t places, Keep keep, Value value) {
    at_.assign(places, io::Tokenizer::kNone);
    std::size_t count = 0;
    for (const auto& member : members)
      if (member.place < places && keep(member.token)) {
        at_[member.place] = value(member.token);
        ++count;
      }
    const std::size_t step = count / kScreen + 1;
    if (step == 1) return every(1);
    const auto screened = every(step);
    return order_score(screened) < kScreenScore ? screened : every(1);
  }

  OrderStatistics every(std::size_t step) {
    places_.clear();
    std::size_t seen = 0;
    for (std::uint32_t place = 0; place < at_.size(); ++place)
      if (at_[place] != io::Tokenizer::kNone && seen++ % step == 0) places_.push_back({at_[place], place});
    return order_of(places_);
  }

  static constexpr std::size_t kScreen = 16'000;
  static constexpr double kScreenScore = 0.06;

  const io::Tokenizer& tokenizer_;
  bool try_ranks_;
  std::vector<std::uint32_t> at_;
  std::vector<Places> places_;
};

}  // namespace

std::vector<io::Signature> shipped_signatures() {
  std::vector<io::Signature> out;
  for (const auto& file : embedded_signatures()) {
    auto signature = io::read_signature(file);
    if (!signature) throw std::logic_error("a signature inside the plugin is damaged: " + signature.error().text());
    out.push_back(std::move(*signature));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.core_tokens < b.core_tokens; });
  return out;
}

Ancestry ancestry_of(const io::Tokenizer& tokenizer, const Speakers& speakers,
                     const std::vector<io::Signature>& signatures) {
  Ancestry out;
  out.members.assign(tokenizer.size(), 0);
  const auto tokens = hashed_tokens(tokenizer, speakers);
  MemberOrder order{tokenizer};
  for (const auto& signature : signatures) {
    AncestorMatch match;
    match.signature = &signature;
    const auto members = members_of(tokens, signature);
    match.members = members.size();
    match.share = static_cast<double>(members.size()) / static_cast<double>(signature.core_tokens);
    match.order = order.measure(members, signature.core_tokens, [](std::uint32_t) { return true; });
    match.remainder = match.order;
    if (!out.accepted.empty() && order_score(match.order) >= kUnrelatedScore)
      match.remainder =
          order.measure(members, signature.core_tokens, [&](std::uint32_t t) { return out.members[t] == 0; });
    const auto fresh = static_cast<std::size_t>(
        std::count_if(members.begin(), members.end(), [&](const Member& m) { return out.members[m.token] == 0; }));
    match.accepted = out.accepted.size() < kMostAncestors && match.remainder.items >= kFewestItems &&
                     order_score(match.remainder) >= kRelatedScore &&
                     static_cast<double>(fresh) >=
                         kLeastShare * static_cast<double>(signature.core_tokens - (members.size() - fresh));
    if (match.accepted) {
      const auto bit = std::uint32_t{1} << out.accepted.size();
      for (const auto& member : members) out.members[member.token] |= bit;
      out.accepted.push_back(&signature);
      match.same =
          match.share >= kSame && static_cast<double>(match.members) >= kSame * static_cast<double>(tokens.size());
    }
    out.matches.push_back(match);
  }
  return out;
}

const AncestorMatch* Ancestry::closest() const {
  const AncestorMatch* best = nullptr;
  for (const auto& match : matches)
    if (match.accepted && (best == nullptr || match.members > best->members)) best = &match;
  return best;
}

std::size_t Ancestry::explained() const {
  return static_cast<std::size_t>(std::count_if(members.begin(), members.end(), [](auto bits) { return bits != 0; }));
}

}  // namespace pedigree::tokenizer
