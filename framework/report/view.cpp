// SPDX-License-Identifier: MIT
#include "framework/report/view.hpp"

#include "framework/report/messages.hpp"
#include "framework/report/phrases.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

const json* member(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::string text_at(const json& object, const char* key) {
  const auto* value = member(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
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

Language::Language(const json& report, std::string lang)
    : lang_(std::move(lang)), messages_(object_at(report, "messages")) {
  messages_.update(framework_messages());
}

std::string Language::say(const std::string& key, const json& params) const {
  return render(key, params, lang_, messages_);
}

std::string Language::term(const std::string& kind, const std::string& value) const {
  const std::string key = kind + "." + value;
  const std::string text = render(key, json::object(), lang_, messages_);
  return text == key ? value : text;
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
  return translate(english, "phrase.", lang_, messages_);
}

std::string Language::again(const json& object, const char* key, const char* text) const {
  const std::string name = text_at(object, key);
  const std::string rendered = render(name, object_at(object, "params"), lang_, messages_);
  const std::string kept = text_at(object, text);
  return rendered == name && !kept.empty() ? kept : rendered;
}

}  // namespace pedigree::report
