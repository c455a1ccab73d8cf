// SPDX-License-Identifier: MIT
// vocab.json with or without merges.txt beside it: GPT-2, Qwen, CLIP, EXAONE.
#include <algorithm>

#include "spelling.hpp"
#include "steps.hpp"
#include "vocab_reader.hpp"

namespace pedigree::io {
namespace {

/// merges.txt: one "left right" a line, LF or CRLF, a "#version" line is not a rule.
Status read_merge_lines(std::string_view file, std::string_view text, const TokenizerLimits& limits,
                        std::vector<RawMerge>& out) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("#version")) continue;
    const auto merge = split_merge(line);
    const auto place = "line " + std::to_string(line_number);
    if (!merge)
      return tokenizer_error("TOK_MERGE_SYNTAX", file, place, "expected two parts separated by one space",
                             "each line holds one rule; the file is damaged or is no merges.txt");
    if (out.size() >= limits.merges)
      return tokenizer_error("TOK_TOO_MANY", file, place, "more than " + std::to_string(limits.merges) + " merges");
    out.push_back(*merge);
  }
  return Done{};
}

bool uses_word_suffix(const std::vector<RawToken>& tokens) {
  constexpr std::ptrdiff_t kEnough = 100;
  return std::count_if(tokens.begin(), tokens.end(), [](const auto& t) { return t.text.ends_with("</w>"); }) > kEnough;
}

}  // namespace

Result<Tokenizer> read_vocab_json(std::string_view file, std::string_view bytes, std::string_view merges_file,
                                  std::string_view merges, const TokenizerLimits& limits) {
  JsonDocument document{file, bytes};
  TokenizerParts parts;
  parts.file = file;
  parts.format = TokenizerFormat::kVocabMerges;
  auto top = document.open();
  if (!top) return top.error();
  if (auto status = read_id_vocabulary(document, *top, limits, parts.tokens); !status) return status.error();
  if (auto status = document.close(); !status) return status.error();
  if (auto status = read_merge_lines(merges_file, merges, limits, parts.merges); !status) return status.error();
  auto& c = parts.conventions;
  c.byte_level = looks_byte_level(parts.tokens);
  if (uses_word_suffix(parts.tokens)) c.end_of_word_suffix = "</w>";
  parts.spelling = c.byte_level ? Spelling::kByteLevel : Spelling::kMetaspace;
  if (!parts.merges.empty()) parts.ranks = RankSource::kMerges;
  return assemble(std::move(parts), limits);
}

}  // namespace pedigree::io
