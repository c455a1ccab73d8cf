// SPDX-License-Identifier: MIT
// Reading a report document without trusting it: what every renderer shares.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "framework/report/messages.hpp"
#include "framework/report/phrases.hpp"

namespace pedigree::report {

/// Members of a document that may be foreign or damaged: a missing one, or one of another type,
/// gives the fallback. None of these throws.
std::string text_at(const nlohmann::json& object, const char* key);
const std::string& text_in(const nlohmann::json& object, const char* key);  ///< the same, without a copy
double number_at(const nlohmann::json& object, const char* key, double fallback = 0);
bool flag_at(const nlohmann::json& object, const char* key);
const nlohmann::json& list_at(const nlohmann::json& object, const char* key);
const nlohmann::json& object_at(const nlohmann::json& object, const char* key);

/// What the report's pipeline asks, in this language when the pipeline has it so.
std::string question_of(const nlohmann::json& report, const std::string& lang);

/// The sentences of one report in one language: the framework's catalogue and the templates the
/// report carries. Results are not escaped for any form. For one thread.
class Language {
 public:
  Language(const nlohmann::json& report, std::string lang);

  const std::string& lang() const { return lang_; }
  /// A message of the framework.
  std::string say(const std::string& key, const nlohmann::json& params = nlohmann::json::object()) const;
  /// The word for a value: term("label", "derived").
  std::string term(const std::string& kind, const std::string& value) const;
  /// A {key, params, text} object again in this language; its text when the key is unknown.
  std::string sentence(const nlohmann::json& sentence) const;
  /// The same for evidence: {summary_key, params, summary}.
  std::string summary(const nlohmann::json& evidence) const;
  /// The same for missing evidence: {key, params, what}.
  std::string what(const nlohmann::json& next) const;
  /// An English reason or note of an analyzer, a reader or the host, in this language when the catalogue knows it.
  std::string reason(const std::string& english) const;

 private:
  nlohmann::json in_words(const nlohmann::json& sentence) const;
  std::string again(const nlohmann::json& object, const char* key, const char* text) const;
  /// nullptr when nobody knows the key.
  const Template* known(const std::string& key) const;

  std::string lang_;
  std::shared_ptr<const nlohmann::json> messages_;
  mutable std::unordered_map<std::string, std::optional<Template>> templates_;  ///< taken apart when first said
  Translator phrases_;
  mutable std::unordered_map<std::string, std::string> reasons_;  ///< a report says few, of many references
};

}  // namespace pedigree::report
