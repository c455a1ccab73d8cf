// SPDX-License-Identifier: MIT
// vocab.txt of WordPiece models: a token a line, its id is the number of the line.
#include "parts.hpp"
#include "spelling.hpp"

namespace pedigree::io {
namespace {

/// "[CLS]", "<s>", "[unused7]": put in by hand. Of the bracketed words none is learned from text.
bool is_mark(std::string_view text) {
  return text.size() > 2 &&
         ((text.front() == '[' && text.back() == ']') || (text.front() == '<' && text.back() == '>'));
}

}  // namespace

Result<Tokenizer> read_word_list(std::string_view file, std::string_view text, const TokenizerLimits& limits) {
  if (const auto bad = first_not_utf8(text); bad < text.size())
    return tokenizer_error("TOK_ENCODING", file, "byte " + std::to_string(bad), "the bytes from here on are not UTF-8",
                           "the file was damaged by a conversion; fetch it again");
  TokenizerParts parts;
  parts.file = file;
  parts.format = TokenizerFormat::kVocabMerges;
  parts.model = TokenizerModel::kWordPiece;
  parts.spelling = Spelling::kWordPiece;
  parts.kinds_are_declared = true;
  parts.allow_duplicates = true;  // some published lists repeat a word
  parts.conventions.continuing_prefix = "##";
  for (std::uint32_t line_number = 0; !text.empty(); ++line_number) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (line_number >= limits.tokens)
      return tokenizer_error("TOK_TOO_MANY", file, "line " + std::to_string(line_number + 1),
                             "more than " + std::to_string(limits.tokens) + " tokens");
    parts.tokens.push_back({line, line_number, 0, is_mark(line) ? TokenKind::kSpecial : TokenKind::kOrdinary, false});
    if (is_reserved_slot(line)) parts.tokens.back().kind = TokenKind::kUnused;
  }
  return assemble(std::move(parts), limits);
}

}  // namespace pedigree::io
