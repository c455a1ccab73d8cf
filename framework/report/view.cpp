// SPDX-License-Identifier: MIT
#include "framework/report/view.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

const json* member(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::shared_ptr<const json> all_messages(const json& report) {
  auto all = std::make_shared<json>(object_at(report, "messages"));
  all->update(framework_messages());
  return all;
}

}  // namespace

std::string text_at(const json& object, const char* key) { return text_in(object, key); }

const std::string& text_in(const json& object, const char* key) {
  static const std::string kNone;
  const auto* value = member(object, key);
  return value != nullptr && value->is_string() ? value->get_ref<const std::string&>() : kNone;
}

double number_at(const json& object, const char* key, double fallback) {
  const auto* value = member(object, key);
  return value != nullptr && value->is_number() ? value->get<double>() : fallback;
}

bool flag_at(const json& object, const char* key) {
  const auto* value = member(object, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

const json& list_at(const json& object, const char* key) {
  static const json kNone = json::array();
  const auto* value = member(object, key);
  return value != nullptr && value->is_array() ? *value : kNone;
}

const json& object_at(const json& object, const char* key) {
  static const json kNone = json::object();
  const auto* value = member(object, key);
  return value != nullptr && value->is_object() ? *value : kNone;
}

std::string question_of(const json& report, const std::string& lang) {
  const auto& pipeline = object_at(report, "pipeline");
  const auto own = lang == "ko" ? text_at(pipeline, "question_ko") : std::string{};
  return own.empty() ? text_at(pipeline, "question") : own;
}

Language::Language(const json& report, std::string lang)
    : lang_(std::move(lang)), messages_(all_messages(report)), phrases_(messages_, "phrase.", lang_) {}

const Template* Language::known(const std::string& key) const {
  auto found = templates_.find(key);
  if (found == templates_.end()) {
    const auto* text = message_text(*messages_, key, lang_);
    found = templates_.emplace(key, text == nullptr ? std::nullopt : std::optional{Template{*text}}).first;
  }
  return found->second ? &*found->second : nullptr;
}

std::string Language::say(const std::string& key, const json& params) const {
  const auto* sentence = known(key);
  return sentence == nullptr ? key : sentence->fill(params, lang_, *messages_);
}

std::string Language::term(const std::string& kind, const std::string& value) const {
  const auto* word = known(kind + "." + value);
  return word == nullptr ? value : word->fill(json::object(), lang_, *messages_);
}

std::string Language::sentence(const json& sentence) const { return again(in_words(sentence), "key", "text"); }
std::string Language::summary(const json& evidence) const { return again(evidence, "summary_key", "summary"); }
std::string Language::what(const json& next) const { return again(in_words(next), "key", "what"); }

/// Values that are sentences themselves ("...: 4 of 5 core keys equal") in this language.
json Language::in_words(const json& sentence) const {
  json told = sentence;
  if (lang_ == "en" || object_at(sentence, "params").empty()) return told;
  for (auto& [name, value] : told["params"].items())
    if (value.is_string() && value.get_ref<const std::string&>().find(' ') != std::string::npos)
      value = reason(value.get<std::string>());
  return told;
}

std::string Language::reason(const std::string& english) const {
  const auto found = reasons_.find(english);
  return found != reasons_.end() ? found->second : reasons_.emplace(english, phrases_(english)).first->second;
}

std::string Language::again(const json& object, const char* key, const char* text) const {
  const auto& name = text_in(object, key);
  if (const auto* sentence = known(name)) return sentence->fill(object_at(object, "params"), lang_, *messages_);
  const auto& kept = text_in(object, text);
  return kept.empty() ? name : kept;
}

}  // namespace pedigree::report
