// SPDX-License-Identifier: MIT
// A tokenizer's vocabulary in one form whatever file it came from: raw bytes per token, with id,
// kind, rank and listed merges (docs/analyzers/tokenizer.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/result.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::io {

/// What a token is for. Only ordinary and byte tokens are *core*: learned from text, and compared.
enum class TokenKind : std::uint8_t {
  kOrdinary,  ///< learned from text, or a letter of the base alphabet
  kByte,      ///< `<0xNN>` fallback byte; not the same token as the ordinary letter of that byte
  kAdded,     ///< put in by hand, matched in plain text (runs of spaces, `<tool_call>`)
  kSpecial,   ///< control and unknown tokens: `<s>`, `<|im_end|>`
  kUnused,    ///< a reserved or padding slot
};

enum class TokenizerFormat : std::uint8_t { kTokenizerJson, kSentencePiece, kTiktoken, kTekken, kVocabMerges, kGguf };
enum class TokenizerModel : std::uint8_t { kBpe, kUnigram, kWordPiece, kWordLevel };

/// "tokenizer.json", "sentencepiece", "tiktoken", "tekken", "vocab.json+merges.txt", "gguf".
std::string_view name_of(TokenizerFormat format);
/// "BPE", "Unigram", "WordPiece", "WordLevel".
std::string_view name_of(TokenizerModel model);
/// "ordinary", "byte", "added", "special", "unused".
std::string_view name_of(TokenKind kind);

/// One step of a normalizer, pre-tokenizer, post-processor or decoder, sequences flattened.
struct TokenizerStep {
  std::string type;     ///< as in tokenizer.json: "NFC", "Split", "ByteLevel", "Precompiled", ...
  std::string pattern;  ///< regular expression, string or digest of a charsmap; may be empty
  std::string setting;  ///< the other scalar members, "key=value" sorted, joined by ','
  bool operator==(const TokenizerStep&) const = default;
};

/// How text becomes tokens, apart from the vocabulary. Unknown (absent in the format) is nullopt.
struct TokenizerConventions {
  std::vector<TokenizerStep> normalizer, pre_tokenizer, post_processor, decoder;
  bool describes_text = false;  ///< false for formats that keep these rules in code (tiktoken, vocab.json)
  bool byte_level = false;      ///< the base alphabet is the 256 bytes
  bool byte_fallback = false;   ///< unknown characters become `<0xNN>` tokens
  std::optional<bool> ignore_merges, prefix_space, split_digits;
  std::string end_of_word_suffix, continuing_prefix;
  std::string preset;                        ///< GGUF `tokenizer.ggml.pre`, SentencePiece normalizer name
  std::vector<std::string> training_inputs;  ///< SentencePiece `trainer_spec.input`: paths of the corpus
};

/// One merge rule: token = its first `split` bytes joined to the others. Token is an index, not an id.
struct Merge {
  std::uint32_t token = 0, split = 0;
  bool operator==(const Merge&) const = default;
};

/// Largest accepted inputs: beyond them reading fails with a named error instead of exhausting memory.
struct TokenizerLimits {
  std::uint64_t file_bytes = std::uint64_t{256} << 20;
  std::uint32_t tokens = 1u << 22;
  std::uint32_t merges = 1u << 24;
  std::uint32_t token_bytes = 1u << 16;
  std::uint32_t largest_id = 1u << 24;
};

/// 64-bit identity of a core token, equal on every machine: used in memory and, cut, in signatures.
/// Byte fallback tokens are salted so that `<0x41>` differs from "A".
std::uint64_t token_hash(std::string_view bytes, bool byte_fallback = false);

class Tokenizer;
Result<Tokenizer> open_tokenizer(std::span<const Artifact> artifacts, const TokenizerLimits& limits);

/// An immutable vocabulary. Tokens are numbered 0..size() by ascending id. Thread-safe.
class Tokenizer {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  std::size_t size() const { return ids_.size(); }
  std::string_view bytes(std::size_t i) const {
    return std::string_view{arena_}.substr(offsets_[i], offsets_[i + 1] - offsets_[i]);
  }
  std::uint32_t id(std::size_t i) const { return ids_[i]; }
  TokenKind kind(std::size_t i) const { return kinds_[i]; }
  bool is_core(std::size_t i) const { return kinds_[i] <= TokenKind::kByte; }
  std::uint64_t hash(std::size_t i) const { return hashes_[i]; }
  /// Order of construction: index of the first merge that makes the token, tiktoken rank, or place
  /// by descending score. kNone for letters of the alphabet and for models without an order.
  std::uint32_t rank(std::size_t i) const { return ranks_.empty() ? kNone : ranks_[i]; }
  bool has_ranks() const { return !ranks_.empty(); }
  /// SentencePiece or Unigram score; 0 where the format has none.
  float score(std::size_t i) const { return scores_.empty() ? 0.0F : scores_[i]; }
  std::size_t count(TokenKind kind) const { return counts_[static_cast<std::size_t>(kind)]; }
  std::size_t core_count() const { return count(TokenKind::kOrdinary) + count(TokenKind::kByte); }
  std::uint32_t largest_id() const { return ids_.empty() ? 0 : ids_.back(); }

  /// The core token of these bytes.
  std::optional<std::size_t> find(std::string_view bytes, bool byte_fallback = false) const {
    return find(token_hash(bytes, byte_fallback), bytes);
  }
  /// The same with its hash at hand.
  std::optional<std::size_t> find(std::uint64_t hash, std::string_view bytes) const;

  /// Merge rules as the file lists them, unresolvable ones left out; empty for formats without.
  std::span<const Merge> listed_merges() const { return merges_; }
  /// True when the model is built from merges or ranks, so canonical_merges() has something to say.
  bool is_bpe() const { return model_ == TokenizerModel::kBpe && has_ranks(); }

  TokenizerFormat format() const { return format_; }
  TokenizerModel model() const { return model_; }
  const TokenizerConventions& conventions() const { return conventions_; }
  const std::string& file() const { return file_; }
  std::span<const Notice> notices() const { return notices_; }
  /// From the same file (GGUF, tokenizer.json): empty elsewhere; see tokenizer_companions.hpp.
  const std::string& chat_template() const { return chat_template_; }

 private:
  friend class TokenizerAssembler;
  friend Result<Tokenizer> open_tokenizer(std::span<const Artifact>, const TokenizerLimits&);
  Tokenizer() = default;

  std::string arena_;
  std::vector<std::uint32_t> offsets_, ids_, ranks_;
  std::vector<std::uint64_t> hashes_;
  std::vector<TokenKind> kinds_;
  std::vector<float> scores_;
  std::vector<std::uint64_t> table_;  ///< open addressing: upper hash half | index + 1
  std::vector<Merge> merges_;
  std::size_t counts_[5] = {};
  TokenizerFormat format_{};
  TokenizerModel model_{};
  TokenizerConventions conventions_;
  std::string file_, chat_template_;
  std::vector<Notice> notices_;
};

}  // namespace pedigree::io
