// SPDX-License-Identifier: MIT
#include "vocab_reader.hpp"

namespace pedigree::io {
namespace od = simdjson::ondemand;
namespace {

Error too_many(JsonDocument& document, std::string_view member, std::uint64_t limit) {
  return document.wrong("TOK_TOO_MANY", member, "more than " + std::to_string(limit) + " entries");
}

/// One merge, a string or a pair.
Status read_merge(JsonDocument& document, od::value value, std::size_t place, RawMerge& out) {
  const auto bad = [&](std::string_view what) {
    return document.wrong("TOK_MERGE_SYNTAX", "model/merges/" + std::to_string(place),
                          "expected \"left right\" or [\"left\", \"right\"], found " + std::string{what});
  };
  od::json_type type{};
  if (const auto code = value.type().get(type)) return document.failure(code, "model/merges");
  if (type == od::json_type::string) {
    std::string_view line;
    if (const auto code = value.get_string().get(line)) return document.failure(code, "model/merges");
    const auto merge = split_merge(line);
    if (!merge) return bad("a string that does not have exactly one space");
    out = *merge;
    return Done{};
  }
  od::array pair;
  if (type != od::json_type::array || value.get_array().get(pair)) return bad("neither");
  std::size_t count = 0;
  for (auto item : pair) {
    std::string_view side;
    if (item.get_string().get(side)) return bad("a pair whose members are not strings");
    if (count < 2) (count == 0 ? out.left : out.right) = side;
    ++count;
  }
  if (count != 2) return bad("a list of " + std::to_string(count));
  return Done{};
}

}  // namespace

std::optional<RawMerge> split_merge(std::string_view line) {
  const auto space = line.find(' ');
  if (space == line.npos || line.find(' ', space + 1) != line.npos) return std::nullopt;
  return RawMerge{line.substr(0, space), line.substr(space + 1)};
}

Status read_id_vocabulary(JsonDocument& document, od::object vocab, const TokenizerLimits& limits,
                          std::vector<RawToken>& out) {
  for (auto item : vocab) {
    od::field field;
    if (const auto code = std::move(item).get(field)) return document.failure(code, "model/vocab");
    RawToken token;
    if (const auto code = field.unescaped_key().get(token.text)) return document.failure(code, "model/vocab");
    std::uint64_t id = 0;
    auto value = field.value();
    const std::string_view raw = value.raw_json_token();
    if (value.get_uint64().get(id) || id > limits.largest_id)
      return document.wrong("TOK_ID_RANGE", "model/vocab",
                            "the id of token number " + std::to_string(out.size()) + " is not an integer from 0 to " +
                                std::to_string(limits.largest_id) + ", " + JsonDocument::found(raw));
    if (out.size() >= limits.tokens) return too_many(document, "model/vocab", limits.tokens);
    token.id = static_cast<std::uint32_t>(id);
    out.push_back(token);
  }
  return Done{};
}

Status read_scored_vocabulary(JsonDocument& document, od::array vocab, const TokenizerLimits& limits,
                              std::vector<RawToken>& out) {
  for (auto item : vocab) {
    RawToken token;
    token.id = static_cast<std::uint32_t>(out.size());
    od::array pair;
    std::size_t count = 0;
    const auto bad = [&] {
      return document.wrong("TOK_TYPE", "model/vocab/" + std::to_string(out.size()), "expected [\"token\", score]");
    };
    if (item.get_array().get(pair)) return bad();
    for (auto member : pair) {
      double score = 0;
      if (count == 0 && member.get_string().get(token.text)) return bad();
      if (count == 1 && member.get_double().get(score)) return bad();
      if (count == 1) token.score = static_cast<float>(score);
      ++count;
    }
    if (count != 2) return bad();
    if (out.size() >= limits.tokens) return too_many(document, "model/vocab", limits.tokens);
    out.push_back(token);
  }
  return Done{};
}

Status read_merges(JsonDocument& document, od::array merges, const TokenizerLimits& limits,
                   std::vector<RawMerge>& out) {
  std::size_t place = 0;
  for (auto item : merges) {
    od::value value;
    if (const auto code = item.get(value)) return document.failure(code, "model/merges");
    RawMerge merge;
    if (auto status = read_merge(document, value, place, merge); !status) return status;
    ++place;
    if (out.size() >= limits.merges) return too_many(document, "model/merges", limits.merges);
    out.push_back(merge);
  }
  return Done{};
}

}  // namespace pedigree::io
