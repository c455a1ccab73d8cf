// SPDX-License-Identifier: MIT
// The tokenizer inside a GGUF file: keys tokenizer.ggml.*.
#include <algorithm>
#include <cstring>

#include "gguf_metadata.hpp"
#include "spelling.hpp"
#include "vocab_reader.hpp"

namespace pedigree::io {
namespace {

const GgufValue* find(const std::vector<GgufValue>& values, std::string_view key) {
  const auto it = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.key == key; });
  return it == values.end() ? nullptr : &*it;
}

template <class T>
T element(const GgufValue& array, std::size_t i) {
  T value;
  std::memcpy(&value, array.raw.data() + i * sizeof(T), sizeof(T));
  return value;
}

std::optional<bool> flag(const std::vector<GgufValue>& values, std::string_view key) {
  const auto* value = find(values, key);
  if (value == nullptr || value->type != GgufType::kBool || value->raw.size() != 1) return std::nullopt;
  return value->raw.front() != 0;
}

class GgufTokenizerReader {
 public:
  GgufTokenizerReader(std::string_view file, std::vector<GgufValue> values, const TokenizerLimits& limits)
      : values_(std::move(values)), limits_(limits) {
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
    if (const auto* value = find(values_, "tokenizer.chat_template")) parts_.chat_template = value->string();
    return assemble(std::move(parts_), limits_);
  }

 private:
  Error error(std::string code, std::string_view key, std::string message) const {
    return tokenizer_error(std::move(code), parts_.file, std::string{key}, std::move(message));
  }

  Status read_tokens() {
    constexpr std::string_view kKey = "tokenizer.ggml.tokens";
    const auto* tokens = find(values_, kKey);
    if (tokens == nullptr) return error("GGUF_NO_TOKENIZER", kKey, "this GGUF file holds no tokenizer");
    if (!tokens->is_array || tokens->type != GgufType::kString)
      return error("GGUF_TYPE", kKey, "expected an array of strings");
    if (tokens->count > limits_.tokens) return error("TOK_TOO_MANY", kKey, std::to_string(tokens->count) + " tokens");
    for (const auto text : tokens->strings()) {
      RawToken token;
      token.text = text;
      token.id = static_cast<std::uint32_t>(parts_.tokens.size());
      parts_.tokens.push_back(token);
    }
    return Done{};
  }

  void settle_model() {
    auto& c = parts_.conventions;
    const auto text = [&](std::string_view key) {
      const auto* value = find(values_, key);
      return value == nullptr ? std::string_view{} : value->string();
    };
    const auto model = text("tokenizer.ggml.model");
    c.preset = text("tokenizer.ggml.pre");
    c.prefix_space = flag(values_, "tokenizer.ggml.add_space_prefix");
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
      parts_.model = TokenizerModel::kWordLevel;
      parts_.spelling = Spelling::kRaw;
      parts_.notices.push_back(
          {"GGUF_MODEL", parts_.file,
           "tokenizer.ggml.model is \"" + std::string{model} + "\"; its tokens are compared as they are written"});
    }
  }

  Status read_types() {
    constexpr std::string_view kKey = "tokenizer.ggml.token_type";
    const auto* types = find(values_, kKey);
    if (types == nullptr) return Done{};
    if (!types->is_array || types->type != GgufType::kI32 || types->count != parts_.tokens.size())
      return error("GGUF_TYPE", kKey, "expected one 32-bit integer for each token");
    constexpr TokenKind kKinds[] = {TokenKind::kOrdinary, TokenKind::kOrdinary, TokenKind::kSpecial,
                                    TokenKind::kSpecial,  TokenKind::kAdded,    TokenKind::kUnused,
                                    TokenKind::kByte};
    for (std::size_t i = 0; i < parts_.tokens.size(); ++i) {
      const auto type = element<std::int32_t>(*types, i);
      auto& token = parts_.tokens[i];
      if (type >= 0 && type < static_cast<std::int32_t>(std::size(kKinds))) token.kind = kKinds[type];
      token.literal = token.kind == TokenKind::kAdded && parts_.spelling == Spelling::kByteLevel;
      if (token.kind == TokenKind::kByte) parts_.conventions.byte_fallback = true;
    }
    return Done{};
  }

  Status read_scores() {
    constexpr std::string_view kKey = "tokenizer.ggml.scores";
    const auto* scores = find(values_, kKey);
    if (scores == nullptr) {
      if (parts_.ranks == RankSource::kScore) parts_.ranks = RankSource::kNone;
      return Done{};
    }
    if (!scores->is_array || scores->type != GgufType::kF32 || scores->count != parts_.tokens.size())
      return error("GGUF_TYPE", kKey, "expected one 32-bit float for each token");
    for (std::size_t i = 0; i < parts_.tokens.size(); ++i) parts_.tokens[i].score = element<float>(*scores, i);
    return Done{};
  }

  Status read_merge_rules() {
    constexpr std::string_view kKey = "tokenizer.ggml.merges";
    const auto* merges = find(values_, kKey);
    if (merges == nullptr || parts_.ranks != RankSource::kMerges) return Done{};
    if (!merges->is_array || merges->type != GgufType::kString)
      return error("GGUF_TYPE", kKey, "expected an array of strings");
    if (merges->count > limits_.merges) return error("TOK_TOO_MANY", kKey, std::to_string(merges->count) + " merges");
    for (const auto line : merges->strings()) {
      const auto merge = split_merge(line);
      if (!merge)
        return error("TOK_MERGE_SYNTAX", std::string{kKey} + "[" + std::to_string(parts_.merges.size()) + "]",
                     "expected two parts separated by one space");
      parts_.merges.push_back(*merge);
    }
    return Done{};
  }

  std::vector<GgufValue> values_;
  const TokenizerLimits& limits_;
  TokenizerParts parts_;
};

}  // namespace

Result<Tokenizer> read_gguf_tokenizer(std::string_view file, std::string_view bytes, const TokenizerLimits& limits) {
  auto values = read_gguf_values(file, bytes);
  if (!values) return values.error();
  return GgufTokenizerReader{file, std::move(*values), limits}.run();
}

}  // namespace pedigree::io
