// SPDX-License-Identifier: MIT
// tiktoken text: "base64(token) SP rank" a line, LF or CRLF. Special tokens and the splitting rule
// live in code, not here.
#include <charconv>

#include "base64.hpp"
#include "parts.hpp"

namespace pedigree::io {
namespace {

Error bad_line(std::string_view file, std::size_t line, std::string code, std::string message) {
  return tokenizer_error(std::move(code), file, "line " + std::to_string(line), std::move(message),
                         "each line holds a base64 token, a space and its rank");
}

}  // namespace

Result<Tokenizer> read_tiktoken(std::string_view file, std::string_view text, const TokenizerLimits& limits) {
  TokenizerParts parts;
  parts.file = file;
  parts.format = TokenizerFormat::kTiktoken;
  parts.ranks = RankSource::kId;
  parts.kinds_are_declared = true;
  parts.conventions.byte_level = true;
  std::string buffer;
  buffer.reserve(text.size());  // decoded is shorter: views into it stay valid
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto space = line.find(' ');
    if (space == line.npos) return bad_line(file, number, "TOK_FORMAT", "there is no rank");
    RawToken token;
    const auto digits = line.substr(space + 1);
    const auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), token.id);
    if (failure != std::errc{} || stop != digits.data() + digits.size())
      return bad_line(file, number, "TOK_ID_RANGE", "the rank is not an integer from 0 to 4294967295");
    const std::size_t start = buffer.size();
    if (space == 0 || !append_base64(line.substr(0, space), buffer))
      return bad_line(file, number, "TOK_BASE64", "the token is not base64");
    if (parts.tokens.size() >= limits.tokens)
      return bad_line(file, number, "TOK_TOO_MANY", "more than " + std::to_string(limits.tokens) + " tokens");
    token.text = std::string_view{buffer}.substr(start);
    token.literal = true;
    parts.tokens.push_back(token);
  }
  return assemble(std::move(parts), limits);
}

}  // namespace pedigree::io
