// SPDX-License-Identifier: MIT
#include "plugins/weight/align/token_join.hpp"

#include <algorithm>

namespace pedigree::weight {
namespace {

constexpr std::size_t kFewTokens = 64;

std::vector<JoinedToken> join_bytes(const io::Tokenizer& a, std::size_t rows_a, const io::Tokenizer& b,
                                    std::size_t rows_b, std::size_t shortest) {
  std::vector<JoinedToken> joined;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!a.is_core(i) || a.bytes(i).size() < shortest || a.id(i) >= rows_a) continue;
    const bool fallback = a.kind(i) == io::TokenKind::kByte;
    if (const auto j = b.find(a.bytes(i), fallback); j && b.id(*j) < rows_b) joined.push_back({a.id(i), b.id(*j)});
  }
  std::sort(joined.begin(), joined.end(), [](auto x, auto y) { return x.subject_row < y.subject_row; });
  return joined;
}

/// Slots no text reaches: declared unused, or rows past the tokenizer's last id.
std::vector<bool> unreachable(const io::Tokenizer& t, std::size_t rows) {
  std::vector<bool> out(rows, true);
  for (std::size_t i = 0; i < t.size(); ++i)
    if (t.id(i) < rows) out[t.id(i)] = t.kind(i) == io::TokenKind::kUnused;
  return out;
}

std::vector<JoinedToken> join_unreachable(const io::Tokenizer& a, std::size_t rows_a, const io::Tokenizer& b,
                                          std::size_t rows_b) {
  const auto dead_a = unreachable(a, rows_a), dead_b = unreachable(b, rows_b);
  std::vector<JoinedToken> joined;
  for (std::size_t i = 0; i < std::min(rows_a, rows_b); ++i)
    if (dead_a[i] && dead_b[i]) joined.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i)});
  return joined;
}

bool out_of_order(const std::vector<JoinedToken>& tokens) {
  std::size_t descents = 0;
  for (std::size_t i = 1; i < tokens.size(); ++i) descents += tokens[i].reference_row < tokens[i - 1].reference_row;
  return tokens.size() >= kFewTokens && descents * 4 > tokens.size();
}

bool same_token_set(const io::Tokenizer& a, const io::Tokenizer& b, std::size_t joined) {
  const std::size_t smaller = std::min(a.core_count(), b.core_count());
  return joined * 10 > smaller * 7;  // one-byte tokens are left out of the join
}

}  // namespace

std::string_view name_of(JoinBasis basis) {
  switch (basis) {
    case JoinBasis::kBytes:
      return "bytes";
    case JoinBasis::kSameIds:
      return "same_ids";
    case JoinBasis::kNone:
      return "none";
  }
  return "none";
}

TokenJoin join_tokens(const io::Tokenizer* subject, std::size_t subject_rows, const io::Tokenizer* reference,
                      std::size_t reference_rows) {
  TokenJoin join;
  join.subject_rows = subject_rows;
  join.reference_rows = reference_rows;
  if (subject != nullptr && reference != nullptr) {
    join.basis = JoinBasis::kBytes;
    join.tokens = join_bytes(*subject, subject_rows, *reference, reference_rows, 2);
    if (join.tokens.size() < kFewTokens)
      join.tokens = join_bytes(*subject, subject_rows, *reference, reference_rows, 1);
    join.never_trained = join_unreachable(*subject, subject_rows, *reference, reference_rows);
    join.reordered = out_of_order(join.tokens) && same_token_set(*subject, *reference, join.tokens.size());
  } else if (subject_rows == reference_rows && subject_rows > 0) {
    join.basis = JoinBasis::kSameIds;
    for (std::uint32_t i = 0; i < subject_rows; ++i) join.tokens.push_back({i, i});
  }
  return join;
}

std::vector<JoinedToken> sample_tokens(const std::vector<JoinedToken>& tokens, std::size_t limit) {
  if (tokens.size() <= limit) return tokens;
  std::vector<JoinedToken> out;
  out.reserve(limit);
  for (std::size_t i = 0; i < limit; ++i) out.push_back(tokens[i * tokens.size() / limit]);
  return out;
}

}  // namespace pedigree::weight
