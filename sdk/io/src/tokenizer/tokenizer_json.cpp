// SPDX-License-Identifier: MIT
// tokenizer.json of the `tokenizers` library, in one pass.
#include <algorithm>
#include <unordered_map>

#include "spelling.hpp"
#include "steps.hpp"
#include "vocab_reader.hpp"

namespace pedigree::io {
namespace {
namespace od = simdjson::ondemand;

struct AddedToken {
  std::string_view content;
  std::uint32_t id = 0;
  bool special = false;
};

class TokenizerJsonReader {
 public:
  TokenizerJsonReader(std::string_view file, std::string_view bytes, const TokenizerLimits& limits)
      : document_(file, bytes), limits_(limits) {
    parts_.file = file;
    parts_.format = TokenizerFormat::kTokenizerJson;
    parts_.kinds_are_declared = true;
  }

  Result<Tokenizer> run() {
    auto top = document_.open();
    if (!top) return top.error();
    for (auto item : *top) {
      od::field field;
      if (const auto code = std::move(item).get(field)) return document_.failure(code, "");
      if (auto status = read_top(field); !status) return status.error();
    }
    if (auto status = document_.close(); !status) return status.error();
    if (!seen_vocab_)
      return document_.wrong("TOK_MISSING", "model/vocab", "there is no model with a vocabulary in this document");
    settle_model();
    apply_added();
    return assemble(std::move(parts_), limits_);
  }

 private:
  Status read_top(od::field& field) {
    std::string_view key;
    if (const auto code = field.unescaped_key().get(key)) return document_.failure(code, "");
    if (key == "model") return read_model(field.value());
    if (key == "added_tokens") return read_added(field.value());
    auto& c = parts_.conventions;
    if (key == "normalizer") return read_tree(field.value(), key, c.normalizer);
    if (key == "pre_tokenizer") return read_tree(field.value(), key, c.pre_tokenizer);
    if (key == "post_processor") return read_tree(field.value(), key, c.post_processor);
    if (key == "decoder") return read_tree(field.value(), key, c.decoder);
    return document_.skip(field.value(), key);
  }

  Status read_tree(od::value value, std::string_view name, std::vector<TokenizerStep>& out) {
    od::json_type type{};
    if (const auto code = value.type().get(type)) return document_.failure(code, name);
    if (type == od::json_type::null) return Done{};
    od::object object;
    if (value.get_object().get(object)) return document_.wrong("TOK_TYPE", name, "expected an object or null");
    std::string_view raw;
    if (const auto code = object.raw_json().get(raw)) return document_.failure(code, name);
    auto steps = read_steps(parts_.file, name, raw);
    if (!steps) return steps.error();
    out = std::move(*steps);
    return Done{};
  }

  Status read_model(od::value value) {
    od::object model;
    if (seen_vocab_ || value.get_object().get(model))
      return document_.wrong("TOK_TYPE", "model", "expected exactly one object");
    for (auto item : model) {
      od::field field;
      std::string_view key;
      if (const auto code = std::move(item).get(field)) return document_.failure(code, "model");
      if (const auto code = field.unescaped_key().get(key)) return document_.failure(code, "model");
      if (auto status = read_model_member(key, field.value()); !status) return status;
    }
    return Done{};
  }

  Status read_model_member(std::string_view key, od::value value) {
    if (key == "vocab") return read_vocab(value);
    if (key == "merges") {
      od::array merges;
      if (value.get_array().get(merges)) return document_.wrong("TOK_TYPE", "model/merges", "expected a list");
      seen_merges_ = true;
      return read_merges(document_, merges, limits_, parts_.merges);
    }
    auto& c = parts_.conventions;
    std::string_view text;
    if (key == "type") {
      if (value.get_string().get(text)) return document_.wrong("TOK_TYPE", "model/type", "expected a string");
      type_ = text;
      return Done{};
    }
    od::json_type type{};
    if (const auto code = value.type().get(type)) return document_.failure(code, "model");
    bool flag = false;
    if (type == od::json_type::string && value.get_string().get(text) == simdjson::SUCCESS) {
      if (key == "continuing_subword_prefix") c.continuing_prefix = text;
      if (key == "end_of_word_suffix") c.end_of_word_suffix = text;
      return Done{};
    }
    if (type == od::json_type::boolean && value.get_bool().get(flag) == simdjson::SUCCESS) {
      if (key == "byte_fallback") c.byte_fallback = flag;
      if (key == "ignore_merges") c.ignore_merges = flag;
      return Done{};
    }
    return document_.skip(value, key);
  }

  Status read_vocab(od::value value) {
    od::json_type type{};
    if (const auto code = value.type().get(type)) return document_.failure(code, "model/vocab");
    if (seen_vocab_) return document_.wrong("TOK_TYPE", "model/vocab", "there are two vocabularies");
    seen_vocab_ = true;
    if (type == od::json_type::object) {
      od::object vocab;
      if (const auto code = value.get_object().get(vocab)) return document_.failure(code, "model/vocab");
      return read_id_vocabulary(document_, vocab, limits_, parts_.tokens);
    }
    od::array vocab;
    if (value.get_array().get(vocab)) return document_.wrong("TOK_TYPE", "model/vocab", "expected an object or a list");
    scored_ = true;
    return read_scored_vocabulary(document_, vocab, limits_, parts_.tokens);
  }

  Status read_added(od::value value) {
    od::array list;
    if (value.get_array().get(list)) return document_.wrong("TOK_TYPE", "added_tokens", "expected a list");
    for (auto item : list) {
      od::object entry;
      if (item.get_object().get(entry)) return document_.wrong("TOK_TYPE", "added_tokens", "expected objects");
      AddedToken added;
      if (auto status = read_added_token(entry, added); !status) return status;
      if (added_.size() >= limits_.tokens) return document_.wrong("TOK_TOO_MANY", "added_tokens", "too many entries");
      added_.push_back(added);
    }
    return Done{};
  }

  Status read_added_token(od::object entry, AddedToken& out) {
    bool has_id = false, has_content = false;
    for (auto item : entry) {
      od::field field;
      std::string_view key;
      if (const auto code = std::move(item).get(field)) return document_.failure(code, "added_tokens");
      if (const auto code = field.unescaped_key().get(key)) return document_.failure(code, "added_tokens");
      std::uint64_t id = 0;
      if (key == "id") {
        if (field.value().get_uint64().get(id) || id > limits_.largest_id)
          return document_.wrong("TOK_ID_RANGE", "added_tokens", "an id is not an integer in range");
        out.id = static_cast<std::uint32_t>(id);
        has_id = true;
      } else if (key == "content") {
        if (const auto code = field.value().get_string().get(out.content))
          return document_.failure(code, "added_tokens");
        has_content = true;
      } else if (key == "special") {
        if (const auto code = field.value().get_bool().get(out.special)) return document_.failure(code, "added_tokens");
      }
    }
    if (!has_id || !has_content)
      return document_.wrong("TOK_MISSING", "added_tokens/" + std::to_string(added_.size()), "needs id and content");
    return Done{};
  }

  /// `type` may be missing in old files: then the members decide, in the library's order.
  void settle_model() {
    auto& c = parts_.conventions;
    if (type_ == "Unigram" || (type_.empty() && scored_))
      parts_.model = TokenizerModel::kUnigram;
    else if (type_ == "BPE" || (type_.empty() && seen_merges_))
      parts_.model = TokenizerModel::kBpe;
    else if (type_ == "WordPiece" || (type_.empty() && c.continuing_prefix == "##"))
      parts_.model = TokenizerModel::kWordPiece;
    else
      parts_.model = TokenizerModel::kWordLevel;
    summarise_steps(c);
    if (parts_.model == TokenizerModel::kBpe && !c.byte_level && c.pre_tokenizer.empty() && c.decoder.empty())
      c.byte_level = looks_byte_level(parts_.tokens);
    parts_.spelling = spelling_of(c, parts_.model);
    if (parts_.model == TokenizerModel::kBpe) parts_.ranks = RankSource::kMerges;
    if (c.byte_fallback)
      for (auto& token : parts_.tokens)
        if (fallback_byte(token.text)) token.kind = TokenKind::kByte;
  }

  /// Added tokens may also be in the vocabulary (counted once) or carry an id that disagrees with it
  /// (the library only warns).
  void apply_added() {
    auto& tokens = parts_.tokens;
    const auto by_id = [](const RawToken& a, const RawToken& b) { return a.id < b.id; };
    if (!std::is_sorted(tokens.begin(), tokens.end(), by_id)) std::stable_sort(tokens.begin(), tokens.end(), by_id);
    std::unordered_map<std::string_view, const AddedToken*> elsewhere;
    std::vector<RawToken> fresh;
    for (const auto& added : added_) {
      const RawToken wanted{added.content, added.id, 0, added.special ? TokenKind::kSpecial : TokenKind::kAdded, true};
      const auto at = std::lower_bound(tokens.begin(), tokens.end(), wanted, by_id);
      if (at == tokens.end() || at->id != added.id)
        fresh.push_back(wanted);
      else if (at->text == added.content)
        *at = wanted;
      else
        elsewhere.emplace(added.content, &added);
    }
    if (!elsewhere.empty()) {
      for (auto& token : tokens)
        if (const auto it = elsewhere.find(token.text); it != elsewhere.end()) {
          token.kind = it->second->special ? TokenKind::kSpecial : TokenKind::kAdded;
          token.literal = true;
        }
      parts_.notices.push_back({"TOK_ADDED_MISMATCH", parts_.file,
                                std::to_string(elsewhere.size()) +
                                    " added tokens carry an id that the vocabulary gives "
                                    "to another token"});
    }
    std::stable_sort(fresh.begin(), fresh.end(), by_id);
    const auto same = [](const RawToken& a, const RawToken& b) { return a.id == b.id && a.text == b.text; };
    fresh.erase(std::unique(fresh.begin(), fresh.end(), same), fresh.end());
    tokens.insert(tokens.end(), fresh.begin(), fresh.end());
  }

  JsonDocument document_;
  const TokenizerLimits& limits_;
  TokenizerParts parts_;
  std::vector<AddedToken> added_;
  std::string_view type_;
  bool seen_vocab_ = false, seen_merges_ = false, scored_ = false;
};

}  // namespace

Result<Tokenizer> read_tokenizer_json(std::string_view file, std::string_view bytes, const TokenizerLimits& limits) {
  return TokenizerJsonReader{file, bytes, limits}.run();
}

}  // namespace pedigree::io
