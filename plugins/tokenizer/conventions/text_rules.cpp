// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/conventions/text_rules.hpp"

#include <array>
#include <string_view>

namespace pedigree::tokenizer {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// What follows the first \p{N} that matches numbers (in "[^\s\p{L}\p{N}]" it excludes them).
std::string digits_of_pattern(std::string_view pattern) {
  constexpr std::string_view kNumber = "\\p{N}";
  std::string found;
  for (std::size_t at = pattern.find(kNumber); at != pattern.npos; at = pattern.find(kNumber, at + 1)) {
    const auto open = pattern.rfind('[', at);
    const bool in_class = open != pattern.npos && pattern.find(']', open) > at;
    if (in_class && pattern.substr(open).starts_with("[^")) continue;
    auto rest = pattern.substr(at + kNumber.size());
    if (in_class) rest = rest.starts_with(']') ? rest.substr(1) : std::string_view{};
    if (rest.starts_with("{1,3}")) return "up to 3";
    if (rest.starts_with("{1,2}")) return "up to 2";
    found = rest.starts_with('+') ? "runs" : "single";
    if (found == "runs") return found;
  }
  if (contains(pattern, "[0-9][0-9][0-9]")) return "up to 3";
  if (contains(pattern, "\\d{1,3}")) return "up to 3";
  return found;
}

struct PresetDigits {
  std::string_view preset, digits;
};
/// llama.cpp names of pre-tokenizers whose digit rule is published with them.
constexpr std::array kPresets{
    PresetDigits{"gpt-2", "runs"},          PresetDigits{"mpt", "runs"},         PresetDigits{"olmo", "runs"},
    PresetDigits{"llama-bpe", "up to 3"},   PresetDigits{"dbrx", "up to 3"},     PresetDigits{"smaug-bpe", "up to 3"},
    PresetDigits{"qwen2", "single"},        PresetDigits{"stablelm2", "single"}, PresetDigits{"starcoder", "single"},
    PresetDigits{"refact", "single"},       PresetDigits{"command-r", "single"}, PresetDigits{"gpt-4o", "up to 3"},
    PresetDigits{"deepseek-v3", "up to 3"}, PresetDigits{"tekken", "single"},
};

std::string digits_of(const io::TokenizerConventions& c) {
  if (c.split_digits.value_or(false)) return "single";
  std::string found;
  for (const auto& step : c.pre_tokenizer) {
    const auto digits = digits_of_pattern(step.pattern);
    if (!digits.empty() && (found.empty() || digits != "runs")) found = digits;
  }
  if (!found.empty()) return found;
  for (const auto& step : c.pre_tokenizer)
    if (step.type == "ByteLevel" && !contains(step.setting, "use_regex=false")) return "runs";
  for (const auto& [preset, digits] : kPresets)
    if (c.preset == preset) return std::string{digits};
  return c.split_digits && c.pre_tokenizer.empty() && c.normalizer.empty() && !c.byte_level && !c.preset.empty()
             ? "runs"
             : "";
}

std::string contractions_of(const io::TokenizerConventions& c) {
  std::string found;
  for (const auto& step : c.pre_tokenizer) {
    if (step.type == "ByteLevel" && !contains(step.setting, "use_regex=false")) found = "English";
    if (contains(step.pattern, "(?i:'s|'t") || contains(step.pattern, "(?i:[sdmt]|ll|ve|re)"))
      return "English any case";
    if (contains(step.pattern, "'s|'t|'re")) return "English";
  }
  return found.empty() && !c.pre_tokenizer.empty() ? "none" : found;
}

std::string normalizer_of(const io::TokenizerConventions& c) {
  std::string out;
  for (const auto& step : c.normalizer) {
    if (step.type == "Prepend" || step.type == "Replace" || step.type == "ByteLevel") continue;  // spelling of spaces
    out += (out.empty() ? "" : "+") + (step.type == "Precompiled" ? step.pattern : step.type);
  }
  return out.empty() ? "none" : out;
}

}  // namespace

TextRules text_rules_of(const io::Tokenizer& tokenizer) {
  const auto& c = tokenizer.conventions();
  TextRules rules;
  rules["bytes"] = c.byte_level ? "byte-level" : c.byte_fallback ? "byte fallback" : "unknown token";
  if (auto digits = digits_of(c); !digits.empty()) rules["digits"] = std::move(digits);
  if (!c.describes_text) return rules;
  if (auto contractions = contractions_of(c); !contractions.empty()) rules["contractions"] = std::move(contractions);
  rules["normalizer"] = normalizer_of(c);
  if (c.prefix_space) rules["prefix space"] = *c.prefix_space ? "yes" : "no";
  return rules;
}

RuleComparison compare_rules(const TextRules& subject, const TextRules& reference) {
  RuleComparison out;
  for (const auto& [topic, mine] : subject) {
    const auto it = reference.find(topic);
    if (it == reference.end()) continue;
    ++out.known;
    if (it->second == mine)
      ++out.equal;
    else
      out.differing.push_back(topic + ": " + mine + " / " + it->second);
  }
  return out;
}

}  // namespace pedigree::tokenizer
