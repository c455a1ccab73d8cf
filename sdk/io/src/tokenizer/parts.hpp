// SPDX-License-Identifier: MIT
// What a reader hands over: tokens and merges in the spelling of their file. Views borrow from the
// reader's buffers and die with them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/tokenizer.hpp"

namespace pedigree::io {

/// How a file spells bytes.
enum class Spelling : std::uint8_t {
  kRaw,        ///< bytes as they are
  kByteLevel,  ///< the GPT-2 alphabet of 256 printable characters
  kMetaspace,  ///< U+2581 for a space
  kWordPiece,  ///< "##" continues a word; anything else starts one
};

enum class RankSource : std::uint8_t { kNone, kMerges, kId, kScore };

struct RawToken {
  std::string_view text;
  std::uint32_t id = 0;
  float score = 0;
  TokenKind kind = TokenKind::kOrdinary;
  bool literal = false;  ///< text is bytes whatever the file's spelling (added and special tokens)
};

struct RawMerge {
  std::string_view left, right;
};

}  // namespace pedigree::io

namespace pedigree::io {
struct TokenizerParts {
  std::string file;
  TokenizerFormat format{};
  TokenizerModel model = TokenizerModel::kBpe;
  Spelling spelling = Spelling::kRaw;
  RankSource ranks = RankSource::kNone;
  std::vector<RawToken> tokens;
  std::vector<RawMerge> merges;
  TokenizerConventions conventions;
  std::string chat_template;
  std::vector<Notice> notices;
  bool kinds_are_declared = false;  ///< false: a token that no merge makes counts as added by hand
  bool allow_duplicates = false;    ///< keep the first of equal tokens with a notice (GGUF padding)
};

/// Checks, decodes to bytes, indexes and ranks.
Result<Tokenizer> assemble(TokenizerParts parts, const TokenizerLimits& limits);

/// Shorthand for this folder's errors.
inline Error tokenizer_error(std::string code, std::string_view file, std::string place, std::string message,
                             std::string hint = {}) {
  return {std::move(code), std::string{file}, std::move(place), std::move(message), std::move(hint)};
}

// The readers, one per format. `bytes` outlives the call only.
Result<Tokenizer> read_tokenizer_json(std::string_view file, std::string_view bytes, const TokenizerLimits& limits);
Result<Tokenizer> read_vocab_json(std::string_view file, std::string_view bytes, std::string_view merges_file,
                                  std::string_view merges, const TokenizerLimits& limits);
Result<Tokenizer> read_tekken(std::string_view file, std::string_view bytes, const TokenizerLimits& limits);
Result<Tokenizer> read_sentencepiece(std::string_view file, std::string_view bytes, const TokenizerLimits& limits);
Result<Tokenizer> read_tiktoken(std::string_view file, std::string_view bytes, const TokenizerLimits& limits);
Result<Tokenizer> read_word_list(std::string_view file, std::string_view bytes, const TokenizerLimits& limits);
Result<Tokenizer> read_gguf_tokenizer(std::string_view file, std::string_view bytes, const TokenizerLimits& limits);

}  // namespace pedigree::io
