// SPDX-License-Identifier: MIT
// Which reader a file needs, and which file of a model is read.
#include "pedigree/io/tokenizer_reader.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "parts.hpp"
#include "pedigree/analyzer.hpp"
#include "pedigree/io/artifact_role.hpp"

namespace pedigree::io {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view skip_space(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  return text;
}

enum class Content {
  kEmpty,
  kLfs,
  kGguf,
  kTokenizerJson,
  kTekken,
  kVocabJson,
  kSentencePiece,
  kTiktoken,
  kWordList,
  kHtml,
  kOther
};

/// A document whose first member is a number is a bare vocabulary.
bool first_member_is_number(std::string_view json) {
  const auto open = json.find('"');
  if (open == json.npos) return false;
  std::size_t close = open + 1;
  while (close < json.size() && json[close] != '"') close += json[close] == '\\' ? 2 : 1;
  if (close >= json.size()) return false;
  auto rest = skip_space(json.substr(close + 1));
  if (!rest.starts_with(':')) return false;
  rest = skip_space(rest.substr(1));
  return !rest.empty() && (std::isdigit(static_cast<unsigned char>(rest.front())) != 0 || rest.front() == '-');
}

bool looks_like_tiktoken(std::string_view text) {
  const auto line = text.substr(0, std::min(text.find_first_of("\r\n"), std::size_t{1} << 17));
  const auto space = line.find(' ');
  if (space == line.npos || space == 0 || space + 1 == line.size()) return false;
  const auto base64 = [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '/' || c == '='; };
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto token = line.substr(0, space), rank = line.substr(space + 1);
  return std::all_of(token.begin(), token.end(), base64) && std::all_of(rank.begin(), rank.end(), digit);
}

/// vocab.txt of BERT and its kin: a word a line, with the unknown token or continuations among the first ones.
bool looks_like_word_list(std::string_view bytes) {
  const auto head = bytes.substr(0, std::size_t{1} << 16);
  if (head.find('\0') != head.npos) return false;
  return head.starts_with("[PAD]") || head.find("\n[UNK]") != head.npos || head.find("\n##") != head.npos;
}

Content content_of(std::string_view bytes) {
  if (bytes.empty()) return Content::kEmpty;
  if (bytes.starts_with("GGUF")) return Content::kGguf;
  if (bytes.starts_with("version https://git-lfs")) return Content::kLfs;
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (bytes.front() == '\x0A' && bytes.size() > 2 && bytes[2] == '\x0A') return Content::kSentencePiece;
  const auto text = skip_space(bytes.substr(0, 4096));
  if (text.starts_with('{')) {
    const auto head = text.substr(0, 4096);
    if (first_member_is_number(text)) return Content::kVocabJson;
    for (const std::string_view mark : {"\"token_bytes\"", "\"default_num_special_tokens\"", "\"is_control\""})
      if (head.find(mark) != head.npos) return Content::kTekken;
    return Content::kTokenizerJson;
  }
  if (text.starts_with('<') && !looks_like_tiktoken(text)) return Content::kHtml;
  if (looks_like_tiktoken(text)) return Content::kTiktoken;
  if (looks_like_word_list(bytes)) return Content::kWordList;
  const auto lead = static_cast<unsigned char>(bytes.front());
  return lead == 0x0A || lead == 0x12 || lead == 0x1A ? Content::kSentencePiece : Content::kOther;
}

Error unreadable(std::string_view file, Content content) {
  if (content == Content::kEmpty) return tokenizer_error("TOK_EMPTY", file, "", "the file is empty");
  if (content == Content::kLfs)
    return tokenizer_error("TOK_LFS", file, "", "this is a Git-LFS pointer, not the file itself", "run `git lfs pull`");
  if (content == Content::kHtml)
    return tokenizer_error("TOK_FORMAT", file, "", "this is a web page, not a tokenizer", "download the raw file");
  return tokenizer_error(
      "TOK_FORMAT", file, "", "the content is no tokenizer format known here",
      "expected tokenizer.json, a SentencePiece model, tiktoken lines, tekken.json, vocab.json, vocab.txt or GGUF");
}

std::string_view without_mark(std::string_view bytes) {
  return bytes.starts_with(kByteOrderMark) ? bytes.substr(kByteOrderMark.size()) : bytes;
}

/// A file, or a pair of files, that holds a whole tokenizer.
struct Candidate {
  int preference;
  NamedBytes file, merges;
};

std::vector<Candidate> candidates_of(std::span<const Artifact> artifacts) {
  std::vector<Candidate> found;
  std::vector<NamedBytes> merges;
  for (const auto& a : artifacts)
    if (a.role == role::kMerges) merges.push_back({a.name, a.bytes});
  for (const auto& a : artifacts) {
    const bool named = a.role == role::kTokenizer || a.role == role::kVocab || a.role == role::kGguf;
    if (!named || a.from_catalog()) continue;
    const Content content = content_of(a.bytes);
    int preference = 7;
    if (content == Content::kTokenizerJson) preference = 0;
    if (content == Content::kSentencePiece) preference = 1;
    if (content == Content::kTiktoken) preference = 2;
    if (content == Content::kTekken) preference = 3;
    if (content == Content::kVocabJson) preference = merges.empty() ? 5 : 4;
    if (content == Content::kWordList) preference = 5;
    if (content == Content::kGguf) preference = 6;
    Candidate candidate{preference, {a.name, a.bytes}, {}};
    if (content == Content::kVocabJson && !merges.empty()) candidate.merges = merges.front();
    found.push_back(candidate);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.preference < b.preference; });
  return found;
}

}  // namespace

Result<Tokenizer> read_tokenizer(NamedBytes file, const TokenizerLimits& limits) {
  const Content content = content_of(file.bytes);
  if (content == Content::kGguf) return read_gguf_tokenizer(file.name, file.bytes, limits);
  if (file.bytes.size() > limits.file_bytes)
    return tokenizer_error("TOK_SIZE", file.name, "",
                           "the file has " + std::to_string(file.bytes.size()) + " bytes; at most " +
                               std::to_string(limits.file_bytes) + " are read");
  const auto bytes = without_mark(file.bytes);
  switch (content) {
    case Content::kTokenizerJson:
      return read_tokenizer_json(file.name, bytes, limits);
    case Content::kTekken:
      return read_tekken(file.name, bytes, limits);
    case Content::kVocabJson:
      return read_vocab_json(file.name, bytes, {}, {}, limits);
    case Content::kSentencePiece:
      return read_sentencepiece(file.name, file.bytes, limits);
    case Content::kTiktoken:
      return read_tiktoken(file.name, bytes, limits);
    case Content::kWordList:
      return read_word_list(file.name, bytes, limits);
    default:
      return unreadable(file.name, content);
  }
}

Result<Tokenizer> read_vocab_and_merges(NamedBytes vocab, NamedBytes merges, const TokenizerLimits& limits) {
  for (const auto& file : {vocab, merges})
    if (file.bytes.size() > limits.file_bytes)
      return tokenizer_error("TOK_SIZE", file.name, "", "the file has " + std::to_string(file.bytes.size()) + " bytes");
  if (content_of(vocab.bytes) != Content::kVocabJson) return unreadable(vocab.name, content_of(vocab.bytes));
  return read_vocab_json(vocab.name, without_mark(vocab.bytes), merges.name, merges.bytes, limits);
}

Result<Tokenizer> open_tokenizer(std::span<const Artifact> artifacts, const TokenizerLimits& limits) {
  const auto candidates = candidates_of(artifacts);
  if (candidates.empty()) return Error{"TOK_NONE", "", "", "no file of this model holds a tokenizer", ""};
  std::vector<Error> failed;
  for (const auto& candidate : candidates) {
    auto tokenizer = candidate.merges.bytes.empty() ? read_tokenizer(candidate.file, limits)
                                                    : read_vocab_and_merges(candidate.file, candidate.merges, limits);
    if (!tokenizer) {
      failed.push_back(tokenizer.error());
      continue;
    }
    for (const auto& error : failed) tokenizer->notices_.push_back({error.code, error.file, error.text()});
    return tokenizer;
  }
  return failed.front();
}

}  // namespace pedigree::io
