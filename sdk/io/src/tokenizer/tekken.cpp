// SPDX-License-Identifier: MIT
// Mistral's tekken.json: ranks with base64 bytes; a token's id is its rank plus the special tokens.
#include <algorithm>

#include "base64.hpp"
#include "json_document.hpp"

namespace pedigree::io {
namespace {
namespace od = simdjson::ondemand;

struct Entry {
  std::uint64_t rank = 0;
  std::string_view bytes, text;
};

class TekkenReader {
 public:
  TekkenReader(std::string_view file, std::string_view bytes, const TokenizerLimits& limits)
      : document_(file, bytes), limits_(limits) {
    buffer_.reserve(bytes.size());
    parts_.file = file;
    parts_.format = TokenizerFormat::kTekken;
    parts_.ranks = RankSource::kId;
    parts_.kinds_are_declared = true;
    parts_.conventions.byte_level = true;
    parts_.conventions.describes_text = true;
  }

  Result<Tokenizer> run() {
    auto top = document_.open();
    if (!top) return top.error();
    for (auto item : *top) {
      od::field field;
      std::string_view key;
      if (const auto code = std::move(item).get(field)) return document_.failure(code, "");
      if (const auto code = field.unescaped_key().get(key)) return document_.failure(code, "");
      Status status = Done{};
      if (key == "config")
        status = read_config(field.value());
      else if (key == "vocab")
        status = read_entries(field.value(), "vocab", entries_);
      else if (key == "special_tokens")
        status = read_entries(field.value(), "special_tokens", specials_);
      else
        status = document_.skip(field.value(), key);
      if (!status) return status.error();
    }
    if (auto status = document_.close(); !status) return status.error();
    if (auto status = number(); !status) return status.error();
    return assemble(std::move(parts_), limits_);
  }

 private:
  Status read_config(od::value value) {
    od::object config;
    if (value.get_object().get(config)) return document_.wrong("TOK_TYPE", "config", "expected an object");
    for (auto item : config) {
      od::field field;
      std::string_view key, text;
      std::uint64_t number = 0;
      if (const auto code = std::move(item).get(field)) return document_.failure(code, "config");
      if (const auto code = field.unescaped_key().get(key)) return document_.failure(code, "config");
      if (key == "pattern" && field.value().get_string().get(text) == simdjson::SUCCESS)
        parts_.conventions.pre_tokenizer.push_back({"Split", std::string{text}, ""});
      else if (key == "default_vocab_size" && field.value().get_uint64().get(number) == simdjson::SUCCESS)
        vocabulary_ = number;
      else if (key == "default_num_special_tokens" && field.value().get_uint64().get(number) == simdjson::SUCCESS)
        special_count_ = number;
    }
    return Done{};
  }

  Status read_entries(od::value value, std::string_view name, std::vector<Entry>& out) {
    od::json_type type{};
    if (const auto code = value.type().get(type)) return document_.failure(code, name);
    if (type == od::json_type::null) return Done{};
    od::array list;
    if (value.get_array().get(list)) return document_.wrong("TOK_TYPE", name, "expected a list");
    for (auto item : list) {
      od::object object;
      if (item.get_object().get(object)) return document_.wrong("TOK_TYPE", name, "expected objects");
      Entry entry;
      for (auto member : object) {
        od::field field;
        std::string_view key;
        if (const auto code = std::move(member).get(field)) return document_.failure(code, name);
        if (const auto code = field.unescaped_key().get(key)) return document_.failure(code, name);
        if (key == "rank" && (field.value().get_uint64().get(entry.rank) || entry.rank > limits_.largest_id))
          return document_.wrong("TOK_ID_RANGE", name, "a rank is not an integer in range");
        if (key == "token_bytes" && field.value().get_string().get(entry.bytes))
          return document_.wrong("TOK_TYPE", name, "token_bytes is not a string");
        if (key == "token_str") std::ignore = field.value().get_string().get(entry.text);  // null is allowed
      }
      if (out.size() >= limits_.tokens) return document_.wrong("TOK_TOO_MANY", name, "too many entries");
      out.push_back(entry);
    }
    return Done{};
  }

  /// The file may hold more ranks than the model uses: default_vocab_size counts the special ones too.
  Status number() {
    if (entries_.empty()) return document_.wrong("TOK_MISSING", "vocab", "there are no tokens");
    const std::uint64_t specials = std::min<std::uint64_t>(special_count_, limits_.tokens);
    const std::uint64_t used = vocabulary_ > specials ? vocabulary_ - specials : entries_.size();
    for (const auto& entry : specials_)
      if (entry.rank < specials)
        parts_.tokens.push_back({entry.text, static_cast<std::uint32_t>(entry.rank), 0, TokenKind::kSpecial, true});
    for (const auto& entry : entries_) {
      if (entry.rank >= used) continue;
      const std::size_t start = buffer_.size();
      if (entry.bytes.empty() || !append_base64(entry.bytes, buffer_))
        return document_.wrong("TOK_BASE64", "vocab",
                               "token_bytes of rank " + std::to_string(entry.rank) + " is not base64");
      parts_.tokens.push_back({std::string_view{buffer_}.substr(start),
                               static_cast<std::uint32_t>(entry.rank + specials), 0, TokenKind::kOrdinary, true});
    }
    return Done{};
  }

  JsonDocument document_;
  const TokenizerLimits& limits_;
  TokenizerParts parts_;
  std::string buffer_;
  std::vector<Entry> entries_, specials_;
  std::uint64_t vocabulary_ = 0, special_count_ = 0;
};

}  // namespace

Result<Tokenizer> read_tekken(std::string_view file, std::string_view bytes, const TokenizerLimits& limits) {
  return TekkenReader{file, bytes, limits}.run();
}

}  // namespace pedigree::io
