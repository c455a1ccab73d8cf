// SPDX-License-Identifier: MIT
#include "pedigree/io/tokenizer_companions.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/config.hpp"
#include "pedigree/io/gguf.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::io {
namespace {
using nlohmann::json;

constexpr std::array<std::string_view, 7> kRoles{"bos", "eos", "pad", "unk", "cls", "sep", "mask"};
constexpr std::size_t kMostDeclared = 100'000;
constexpr std::size_t kMostTemplates = 32;
constexpr std::size_t kLongestTemplate = std::size_t{1} << 20;

/// A special token is a string or an object with `content`.
std::optional<std::string> token_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object())
    if (const auto it = value.find("content"); it != value.end() && it->is_string()) return it->get<std::string>();
  return std::nullopt;
}

class CompanionReader {
 public:
  TokenizerCompanions run(std::span<const Artifact> artifacts) {
    for (const auto& a : artifacts) {
      if (a.role == role::kTokenizerConfig || a.role == role::kSpecialTokens)
        read_document(a, &CompanionReader::settings);
      if (a.role == role::kAddedTokens) read_document(a, &CompanionReader::added_tokens);
      if (a.role == role::kChatTemplate) chat_template_file(a);
      if (a.role == role::kConfig) config(a);
      if (a.role == role::kGguf) gguf(a);
      if (a.role == role::kTokenizerFacts) read_document(a, &CompanionReader::facts);
    }
    return std::move(out_);
  }

 private:
  void note(const Artifact& a, const Error& error) {
    out_.notices.push_back({error.code, std::string{a.name}, error.text()});
  }

  void read_document(const Artifact& a, void (CompanionReader::*use)(const json&)) {
    auto document = parse_json(a.bytes, config_json_limits(), a.name);
    if (!document) return note(a, document.error());
    if (!document->is_object()) return note(a, {"TOK_TYPE", std::string{a.name}, "", "expected a JSON object", ""});
    (this->*use)(*document);
  }

  void settings(const json& document) {
    for (const auto role : kRoles)
      if (const auto it = document.find(std::string{role} + "_token"); it != document.end())
        if (auto text = token_text(*it)) out_.roles.emplace(role, std::move(*text));
    if (const auto it = document.find("additional_special_tokens"); it != document.end() && it->is_array())
      for (const auto& item : *it)
        if (auto text = token_text(item); text && out_.additional.size() < kMostDeclared)
          if (std::find(out_.additional.begin(), out_.additional.end(), *text) == out_.additional.end())
            out_.additional.push_back(std::move(*text));
    if (const auto it = document.find("added_tokens_decoder"); it != document.end() && it->is_object())
      for (const auto& [key, value] : it->items()) declare(key, value);
    if (const auto it = document.find("chat_template"); it != document.end()) templates(*it);
    if (const auto it = document.find("tokenizer_class"); it != document.end() && it->is_string())
      out_.tokenizer_class = it->get<std::string>();
    out_.remote_code = out_.remote_code || document.contains("auto_map");
  }

  void declare(const std::string& key, const json& value) {
    std::uint32_t id = 0;
    const auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), id);
    const auto text = token_text(value);
    if (failure != std::errc{} || end != key.data() + key.size() || !text || out_.declared.size() >= kMostDeclared)
      return;
    const bool special = !value.is_object() || !value.contains("special") || value.at("special") == true;
    out_.declared.emplace(id, DeclaredToken{*text, special});
  }

  void added_tokens(const json& document) {
    for (const auto& [text, value] : document.items()) {
      const auto id = json_integer(value);
      if (id && *id >= 0 && *id <= 0xFFFFFFFF && out_.declared.size() < kMostDeclared)
        out_.declared.emplace(static_cast<std::uint32_t>(*id), DeclaredToken{text, true});
    }
  }

  /// A string, or a list of {name, template}.
  void templates(const json& value) {
    if (value.is_string()) return add_template("default", value.get<std::string>());
    if (!value.is_array()) return;
    for (const auto& item : value)
      if (item.is_object() && item.contains("template") && item.at("template").is_string())
        add_template(item.value("name", json{}).is_string() ? item.at("name").get<std::string>() : "default",
                     item.at("template").get<std::string>());
  }

  void add_template(std::string name, std::string text) {
    if (text.empty() || text.size() > kLongestTemplate || out_.templates.size() >= kMostTemplates) return;
    const bool known =
        std::any_of(out_.templates.begin(), out_.templates.end(), [&](const auto& t) { return t.text == text; });
    if (!known) out_.templates.push_back({std::move(name), std::move(text)});
  }

  void chat_template_file(const Artifact& a) {
    if (!a.name.ends_with(".json")) return add_template("default", std::string{a.bytes});
    auto document = parse_json(a.bytes, config_json_limits(), a.name);
    if (!document) return note(a, document.error());
    if (document->is_object() && document->contains("chat_template")) templates(document->at("chat_template"));
  }

  void config(const Artifact& a) {
    const auto model = read_config(a.bytes, a.name);
    if (!model) return note(a, model.error());
    const auto* decoder = model->find("text_decoder");
    if (decoder == nullptr) return;
    if (const auto size = decoder->integer(fact::kVocabularySize); size && !out_.config_vocab_size)
      out_.config_vocab_size = size;
  }

  void gguf(const Artifact& a) {
    const auto source = ByteSource::open(a);
    if (!source) return note(a, source.error());
    const auto file = GgufFile::open(*source);
    if (!file) return note(a, file.error());
    if (const auto text = file->text("tokenizer.chat_template")) add_template("default", std::string{*text});
    if (const auto size = file->architecture_integer("vocab_size"); size && !out_.config_vocab_size)
      out_.config_vocab_size = size;
    const auto tokens = file->texts("tokenizer.ggml.tokens");
    if (!tokens) return;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kKeys{
        {{"bos", "bos"}, {"eos", "eos"}, {"pad", "padding"}, {"unk", "unknown"}}};
    for (const auto& [role, key] : kKeys) {
      const auto id = file->integer("tokenizer.ggml." + std::string{key} + "_token_id");
      if (id && *id >= 0 && static_cast<std::size_t>(*id) < tokens->size())
        out_.roles.emplace(role, (*tokens)[static_cast<std::size_t>(*id)]);
    }
  }

  /// A card of the catalog: published facts instead of files.
  void facts(const json& document) {
    for (const auto role : kRoles)
      if (const auto it = document.find(role); it != document.end() && it->is_string())
        out_.roles.emplace(role, it->get<std::string>());
    if (const auto it = document.find("special_tokens"); it != document.end() && it->is_array())
      for (const auto& item : *it)
        if (item.is_string()) out_.additional.push_back(item.get<std::string>());
    if (const auto it = document.find("config_vocab_size"); it != document.end() && !out_.config_vocab_size)
      out_.config_vocab_size = json_integer(*it);
  }

  TokenizerCompanions out_;
};

}  // namespace

TokenizerCompanions read_companions(std::span<const Artifact> artifacts) { return CompanionReader{}.run(artifacts); }

}  // namespace pedigree::io
