// SPDX-License-Identifier: MIT
// The tokenizer inside a GGUF file: keys tokenizer.ggml.*.
#include <algorithm>
#include <iterator>

#include "pedigree/io/gguf.hpp"
#include "spelling.hpp"
#include "steps.hpp"
#include "vocab_reader.hpp"

namespace pedigree::io {
namespace {

class GgufTokenizerReader {
 public:
  GgufTokenizerReader(std::string_view file, const GgufFile& gguf, const TokenizerLimits& limits)
      : gguf_(gguf), limits_(limits) {
    parts_.file = file;
    parts_.format = TokenizerFormat::kGguf;
    parts_.kinds_are_declared = true;
    parts_.allow_duplicates = true;
  }

  Result<Tokenizer> run() {
    if (auto status = read_tokens(); !status) return status.error();
    settle_model();
    if (auto status = read_types(); !status) return status.error();
    if (auto status = read_scores(); !status) return status.error();
    if (auto status = read_merge_rules(); !status) return status.error();
    parts_.chat_template = gguf_.text("tokenizer.chat_template").value_or(std::string_view{});
    return assemble(std::move(parts_), limits_);
  }

 private:
  Error error(std::string code, std::string_view key, std::string message) const {
    return tokenizer_error(std::move(code), parts_.file, std::string{key}, std::move(message));
  }
  Error wrong_length(std::string_view key, std::size_t found) const {
    return error("GGUF_ARRAY_TYPE", key,
                 std::to_string(found) + " values for " + std::to_string(parts_.tokens.size()) + " tokens");
  }

  Status read_tokens() {
    constexpr std::string_view kKey = "tokenizer.ggml.tokens";
    if (gguf_.find(kKey) == nullptr) return error("GGUF_NO_TOKENIZER", kKey, "this GGUF file holds no tokenizer");
    auto texts = gguf_.texts(kKey);
    if (!texts) return texts.error();
    if (texts->size() > limits_.tokens) return error("TOK_TOO_MANY", kKey, std::to_string(texts->size()) + " tokens");
    for (const auto text : *texts) {
      RawToken token;
      token.text = text;
      token.id = static_cast<std::uint32_t>(parts_.tokens.size());
      parts_.tokens.push_back(token);
    }
    return Done{};
  }

  void settle_model() {
    auto& c = parts_.conventions;
    const auto model = gguf_.text("tokenizer.ggml.model").value_or(std::string_view{});
    c.preset = gguf_.text("tokenizer.ggml.pre").value_or(std::string_view{});
    c.prefix_space = gguf_.boolean("tokenizer.ggml.add_space_prefix");
    parts_.spelling = Spelling::kMetaspace;
    if (model == "gpt2") {
      parts_.spelling = Spelling::kByteLevel;
      parts_.ranks = RankSource::kMerges;
      c.byte_level = true;
    } else if (model == "llama") {
      parts_.ranks = RankSource::kScore;
    } else if (model == "bert") {
      parts_.model = TokenizerModel::kWordPiece;
    } else if (model == "t5") {
      parts_.model = TokenizerModel::kUnigram;
    } else {
      guess_model();
      parts_.notices.push_back({"GGUF_MODEL", parts_.file,
                                "tokenizer.ggml.model is \"" + std::string{model} +
                                    "\", unknown here; its tokens are read by how they look"});
    }
  }

  /// New kinds of tokenizer come as variants of known ones: the letters and the merges tell which.
  void guess_model() {
    constexpr std::size_t kMarkedOf10 = 1;
    const auto marked =
        static_cast<std::size_t>(std::count_if(parts_.tokens.begin(), parts_.tokens.end(), [](const RawToken& token) {
          return token.text.find("\xE2\x96\x81") != token.text.npos;
        }));
    const bool spaces_marked = marked * 10 >= parts_.tokens.size() * kMarkedOf10;
    parts_.conventions.byte_level = !spaces_marked && looks_byte_level(parts_.tokens);
    parts_.spelling = parts_.conventions.byte_level ? Spelling::kByteLevel
                      : spaces_marked               ? Spelling::kMetaspace
                                                    : Spelling::kRaw;
    if (gguf_.find("tokenizer.ggml.merges") != nullptr)
      parts_.ranks = RankSource::kMerges;
    else
      parts_.model = TokenizerModel::kWordLevel;
  }

  Status read_types() {
    constexpr std::string_view kKey = "tokenizer.ggml.token_type";
    if (gguf_.find(kKey) == nullptr) return Done{};
    const auto types = gguf_.integers(kKey);
    if (!types) return types.error();
    if (types->size() != parts_.tokens.size()) return wrong_length(kKey, types->size());
    constexpr TokenKind kKinds[] = {TokenKind::kOrdinary, TokenKind::kOrdinary, TokenKind::kSpecial,
                                    TokenKind::kSpecial,  TokenKind::kAdded,    TokenKind::kUnused,
                                    TokenKind::kByte};
    for (std::size_t i = 0; i < parts_.tokens.size(); ++i) {
      const auto type = (*types)[i];
      auto& token = parts_.tokens[i];
      if (type >= 0 && type < static_cast<std::int64_t>(std::size(kKinds))) token.kind = kKinds[type];
      token.literal = token.kind == TokenKind::kAdded && parts_.spelling == Spelling::kByteLevel;
      if (token.kind == TokenKind::kByte) parts_.conventions.byte_fallback = true;
    }
    return Done{};
  }

  Status read_scores() {
    constexpr std::string_view kKey = "tokenizer.ggml.scores";
    if (gguf_.find(kKey) == nullptr) {
      if (parts_.ranks == RankSource::kScore) parts_.ranks = RankSource::kNone;
      return Done{};
    }
    const auto scores = gguf_.numbers(kKey);
    if (!scores) return scores.error();
    if (scores->size() != parts_.tokens.size()) return wrong_length(kKey, scores->size());
    for (std::size_t i = 0; i < scores->size(); ++i) parts_.tokens[i].score = static_cast<float>((*scores)[i]);
    return Done{};
  }

  Status read_merge_rules() {
    constexpr std::string_view kKey = "tokenizer.ggml.merges";
    if (gguf_.find(kKey) == nullptr || parts_.ranks != RankSource::kMerges) return Done{};
    const auto merges = gguf_.texts(kKey);
    if (!merges) return merges.error();
    if (merges->size() > limits_.merges) return error("TOK_TOO_MANY", kKey, std::to_string(merges->size()) + " merges");
    for (const auto line : *merges) {
      const auto merge = split_merge(line);
      if (!merge)
        return error("TOK_MERGE_SYNTAX", std::string{kKey} + "[" + std::to_string(parts_.merges.size()) + "]",
                     "expected two parts separated by one space");
      parts_.merges.push_back(*merge);
    }
    return Done{};
  }

  const GgufFile& gguf_;
  const TokenizerLimits& limits_;
  TokenizerParts parts_;
};

}  // namespace

Result<Tokenizer> read_gguf_tokenizer(std::string_view file, std::string_view bytes, const TokenizerLimits& limits) {
  const ByteSource source{std::string{file}, std::as_bytes(std::span{bytes.data(), bytes.size()})};
  auto gguf = GgufFile::open(source);
  if (!gguf) return gguf.error();
  return GgufTokenizerReader{file, *gguf, limits}.run();
}

}  // namespace pedigree::io
