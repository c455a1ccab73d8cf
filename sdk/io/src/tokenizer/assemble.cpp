// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "parts.hpp"
#include "spelling.hpp"

namespace pedigree::io {
namespace {

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out = "\"";
  for (const char c : text.substr(0, kLongest)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return out + (text.size() > kLongest ? "...\"" : "\"");
}

}  // namespace

/// Builds one Tokenizer; lives for one call of assemble().
class TokenizerAssembler {
 public:
  TokenizerAssembler(TokenizerParts parts, const TokenizerLimits& limits) : in_(std::move(parts)), limits_(limits) {}

  Result<Tokenizer> run() {
    for (auto step : {&TokenizerAssembler::check_counts, &TokenizerAssembler::order_by_id, &TokenizerAssembler::decode,
                      &TokenizerAssembler::index, &TokenizerAssembler::resolve_merges})
      if (auto status = (this->*step)(); !status) return status.error();
    find_unreachable();
    rank();
    finish();
    return std::move(out_);
  }

 private:
  Error error(std::string code, std::string place, std::string message, std::string hint = {}) const {
    return tokenizer_error(std::move(code), in_.file, std::move(place), std::move(message), std::move(hint));
  }
  std::string place_of(const RawToken& token) const { return "id " + std::to_string(token.id); }

  Status check_counts() {
    if (in_.tokens.empty())
      return error("TOK_EMPTY", "", "the vocabulary has no tokens", "check that the file is complete");
    if (in_.tokens.size() > limits_.tokens)
      return error(
          "TOK_TOO_MANY", "",
          std::to_string(in_.tokens.size()) + " tokens; at most " + std::to_string(limits_.tokens) + " are read");
    if (in_.merges.size() > limits_.merges)
      return error(
          "TOK_TOO_MANY", "",
          std::to_string(in_.merges.size()) + " merges; at most " + std::to_string(limits_.merges) + " are read");
    for (const auto& token : in_.tokens) {
      if (token.text.size() > limits_.token_bytes)
        return error("TOK_TOKEN_LENGTH", place_of(token),
                     "a token of " + std::to_string(token.text.size()) + " bytes; at most " +
                         std::to_string(limits_.token_bytes) + " are read",
                     "no known tokenizer has one; check what the file is");
      if (token.id > limits_.largest_id)
        return error("TOK_ID_RANGE", place_of(token),
                     "token " + shown(token.text) + " has id " + std::to_string(token.id) + "; ids up to " +
                         std::to_string(limits_.largest_id) + " are read",
                     "the file is damaged or was edited by hand");
    }
    return Done{};
  }

  Status order_by_id() {
    auto& tokens = in_.tokens;
    const auto by_id = [](const RawToken& a, const RawToken& b) { return a.id < b.id; };
    if (!std::is_sorted(tokens.begin(), tokens.end(), by_id)) std::stable_sort(tokens.begin(), tokens.end(), by_id);
    for (std::size_t i = 1; i < tokens.size(); ++i)
      if (tokens[i].id == tokens[i - 1].id)
        return error("TOK_DUPLICATE_ID", place_of(tokens[i]),
                     "tokens " + shown(tokens[i - 1].text) + " and " + shown(tokens[i].text) + " have the same id",
                     "the file is damaged or was edited by hand");
    return Done{};
  }

  Status decode() {
    const std::size_t n = in_.tokens.size();
    std::size_t total = 0;
    for (const auto& token : in_.tokens) total += token.text.size() + 1;
    if (total > 0xFFFFFFFFu) return error("TOK_SIZE", "", "the tokens are longer than 4 GiB together");
    out_.arena_.reserve(total);
    out_.offsets_.reserve(n + 1);
    out_.offsets_.push_back(0);
    out_.ids_.resize(n);
    out_.kinds_.resize(n);
    out_.hashes_.resize(n);
    const bool scored = std::any_of(in_.tokens.begin(), in_.tokens.end(), [](const auto& t) { return t.score != 0; });
    if (scored) out_.scores_.resize(n);
    for (std::size_t i = 0; i < n; ++i) decode_one(i);
    return Done{};
  }

  void decode_one(std::size_t i) {
    RawToken& token = in_.tokens[i];
    const std::size_t start = out_.arena_.size();
    const auto byte = token.kind == TokenKind::kByte ? fallback_byte(token.text) : std::nullopt;
    if (token.kind <= TokenKind::kAdded && is_reserved_slot(token.text)) token.kind = TokenKind::kUnused;
    if (byte) {
      out_.arena_.push_back(static_cast<char>(*byte));
    } else {
      if (token.kind == TokenKind::kByte) token.kind = TokenKind::kOrdinary;
      if (token.literal || token.kind >= TokenKind::kSpecial) {
        out_.arena_.append(token.text);
      } else {
        append_bytes(token.text, in_.spelling, out_.arena_);
        fold_suffix(start);
      }
    }
    const auto bytes = std::string_view{out_.arena_}.substr(start);
    out_.offsets_.push_back(static_cast<std::uint32_t>(out_.arena_.size()));
    out_.ids_[i] = token.id;
    out_.kinds_[i] = token.kind;
    out_.hashes_[i] = token_hash(bytes, token.kind == TokenKind::kByte);
    if (!out_.scores_.empty()) out_.scores_[i] = std::isfinite(token.score) ? token.score : 0.0F;
  }

  /// "the</w>" means the end of a word: written as a trailing space.
  void fold_suffix(std::size_t start) {
    const auto& suffix = in_.conventions.end_of_word_suffix;
    if (suffix.empty() || out_.arena_.size() - start < suffix.size() || !out_.arena_.ends_with(suffix)) return;
    out_.arena_.resize(out_.arena_.size() - suffix.size());
    out_.arena_.push_back(' ');
  }

  Status index() {
    const std::size_t n = out_.ids_.size();
    out_.table_.assign(std::bit_ceil(2 * n + 2), 0);
    const std::size_t mask = out_.table_.size() - 1;
    std::size_t repeated = 0, steps = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (!out_.is_core(i)) continue;
      const std::uint64_t hash = out_.hashes_[i];
      std::size_t slot = hash & mask;
      for (; out_.table_[slot] != 0; slot = (slot + 1) & mask) {
        // A half-full table takes 1.5 steps a token; only tokens made to collide take more than 64.
        if (++steps > 64 * n + 4096)
          return error("TOK_COLLISIONS", place_of(in_.tokens[i]),
                       "the tokens up to here collide in any table of their hashes, which does not happen by chance",
                       "the file was made to exhaust its reader; do not use it");
        const std::size_t other = (out_.table_[slot] & 0xFFFFFFFFu) - 1;
        if (out_.hashes_[other] != hash || out_.bytes(other) != out_.bytes(i)) continue;
        if (in_.tokens[other].text == in_.tokens[i].text && !in_.allow_duplicates)
          return error("TOK_DUPLICATE_TOKEN", place_of(in_.tokens[i]),
                       "token " + shown(in_.tokens[i].text) + " is there twice (also as id " +
                           std::to_string(out_.ids_[other]) + ")",
                       "the file is damaged or was edited by hand");
        out_.kinds_[i] = TokenKind::kAdded;  // two spellings of the same bytes: the first one counts
        ++repeated;
        break;
      }
      if (out_.is_core(i)) out_.table_[slot] = (hash & 0xFFFFFFFF00000000ull) | (i + 1);
    }
    if (repeated > 0)
      note("TOK_DUPLICATE_TOKEN", std::to_string(repeated) + " tokens spell bytes that an earlier token has");
    return Done{};
  }

  Status resolve_merges() {
    out_.merges_.reserve(in_.merges.size());
    std::size_t absent = 0, expected = 0;
    std::string scratch;
    for (std::size_t m = 0; m < in_.merges.size(); ++m) {
      const auto& [left, right] = in_.merges[m];
      if (left.empty() || right.empty())
        return error("TOK_MERGE_CYCLE", "merge " + std::to_string(m),
                     "one side is empty, so the merge would make a token out of itself");
      std::size_t split = 0;
      const std::size_t token = token_of(left, right, expected, scratch, split);
      if (token == out_.ids_.size()) {
        ++absent;
        continue;
      }
      expected = token;
      out_.merges_.push_back({static_cast<std::uint32_t>(token), static_cast<std::uint32_t>(split)});
    }
    if (absent * 2 > in_.merges.size())
      return error("TOK_MERGES_MISMATCH", "",
                   std::to_string(absent) + " of " + std::to_string(in_.merges.size()) +
                       " merges make a token that the vocabulary lacks",
                   "the merges belong to another vocabulary");
    if (absent > 0) note("TOK_MERGE_ABSENT", std::to_string(absent) + " merges make a token that the vocabulary lacks");
    return Done{};
  }

  /// The token that left + right makes, or size(); merges mostly come in the order of ids, or several
  /// in a row make the same token, so the neighbours of the last one are tried before the index.
  std::size_t token_of(std::string_view left, std::string_view right, std::size_t expected, std::string& scratch,
                       std::size_t& split) {
    const std::size_t none = out_.ids_.size();
    const auto is = [&](std::size_t i) {
      const auto text = in_.tokens[i].text;
      return text.size() == left.size() + right.size() && text.starts_with(left) && text.ends_with(right);
    };
    std::size_t found = none;
    for (std::size_t i = expected; i < none && i < expected + 2; ++i)
      if (out_.is_core(i) && is(i)) {
        found = i;
        break;
      }
    if (found != none) {
      split = decoded_size(left, in_.spelling, scratch);
      return found;
    }
    scratch.clear();
    append_bytes(left, in_.spelling, scratch);
    split = scratch.size();
    const auto& prefix = in_.conventions.continuing_prefix;
    if (!prefix.empty() && right.starts_with(prefix)) right.remove_prefix(prefix.size());
    append_bytes(right, in_.spelling, scratch);
    const auto& suffix = in_.conventions.end_of_word_suffix;
    if (!suffix.empty() && scratch.ends_with(suffix))
      scratch.replace(scratch.size() - suffix.size(), suffix.size(), " ");
    return out_.find(scratch).value_or(none);
  }

  /// Without declared kinds, a token of several letters that no merge makes was put in by hand.
  void find_unreachable() {
    if (in_.kinds_are_declared || out_.merges_.empty()) return;
    std::vector<bool> made(out_.ids_.size());
    for (const auto& merge : out_.merges_) made[merge.token] = true;
    for (std::size_t i = 0; i < made.size(); ++i)
      if (!made[i] && out_.kinds_[i] == TokenKind::kOrdinary && !letter(i)) out_.kinds_[i] = TokenKind::kAdded;
  }

  bool letter(std::size_t i) const {
    const bool suffixed = !in_.conventions.end_of_word_suffix.empty();
    return is_letter(out_.bytes(i), in_.conventions.byte_level, suffixed ? " " : "");
  }

  void rank() {
    const std::size_t n = out_.ids_.size();
    switch (in_.ranks) {
      case RankSource::kNone:
        return;
      case RankSource::kId:
        out_.ranks_ = out_.ids_;
        return;
      case RankSource::kMerges:
        out_.ranks_.assign(n, Tokenizer::kNone);
        for (std::size_t m = 0; m < out_.merges_.size(); ++m) {
          auto& place = out_.ranks_[out_.merges_[m].token];
          if (place == Tokenizer::kNone) place = static_cast<std::uint32_t>(m);
        }
        return;
      case RankSource::kScore:
        rank_by_score();
    }
  }

  void rank_by_score() {
    const std::size_t n = out_.ids_.size();
    std::vector<std::uint32_t> order;
    for (std::size_t i = 0; i < n; ++i)
      if (out_.kinds_[i] == TokenKind::kOrdinary && !letter(i)) order.push_back(static_cast<std::uint32_t>(i));
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return out_.score(a) > out_.score(b); });
    out_.ranks_.assign(n, Tokenizer::kNone);
    for (std::size_t place = 0; place < order.size(); ++place)
      out_.ranks_[order[place]] = static_cast<std::uint32_t>(place);
  }

  void note(std::string code, std::string message) {
    in_.notices.push_back({std::move(code), in_.file, std::move(message)});
  }

  void finish() {
    for (const auto kind : out_.kinds_) ++out_.counts_[static_cast<std::size_t>(kind)];
    out_.format_ = in_.format;
    out_.model_ = in_.model;
    out_.conventions_ = std::move(in_.conventions);
    out_.file_ = std::move(in_.file);
    out_.chat_template_ = std::move(in_.chat_template);
    out_.notices_ = std::move(in_.notices);
  }

  TokenizerParts in_;
  const TokenizerLimits& limits_;
  Tokenizer out_;
};

Result<Tokenizer> assemble(TokenizerParts parts, const TokenizerLimits& limits) {
  return TokenizerAssembler{std::move(parts), limits}.run();
}

}  // namespace pedigree::io
