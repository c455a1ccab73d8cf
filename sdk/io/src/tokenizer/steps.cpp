// SPDX-License-Identifier: MIT
#include "steps.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "pedigree/io/json.hpp"

namespace pedigree::io {
namespace {
using nlohmann::json;

constexpr std::size_t kMostSteps = 64;
constexpr std::size_t kLongestSetting = 2000;

std::string digest(std::string_view text) {
  char out[24];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(token_hash(text)));
  return out;
}

std::string pattern_text(const json& pattern) {
  if (pattern.is_string()) return pattern.get<std::string>();
  if (pattern.is_object())
    for (const char* kind : {"Regex", "String"})
      if (const auto it = pattern.find(kind); it != pattern.end() && it->is_string()) return it->get<std::string>();
  return json_excerpt(pattern, kLongestSetting);
}

TokenizerStep step_of(const json& node) {
  TokenizerStep step;
  for (const auto& [key, value] : node.items()) {
    if (key == "type") {
      if (value.is_string()) step.type = value.get<std::string>();
    } else if (key == "pattern") {
      step.pattern = pattern_text(value);
    } else if (key == "precompiled_charsmap") {
      step.pattern = "charsmap:" + (value.is_string() ? digest(value.get_ref<const std::string&>()) : std::string{});
    } else if (key != "special_tokens") {
      if (!step.setting.empty()) step.setting += ',';
      step.setting += key + "=" + (value.is_string() ? value.get<std::string>() : json_excerpt(value, kLongestSetting));
    }
  }
  return step;
}

void flatten(const json& node, std::vector<TokenizerStep>& out) {
  if (!node.is_object() || out.size() >= kMostSteps) return;
  for (const char* list : {"normalizers", "pretokenizers", "processors", "decoders"}) {
    const auto it = node.find(list);
    if (it == node.end() || !it->is_array()) continue;
    for (const auto& child : *it) flatten(child, out);
    return;
  }
  out.push_back(step_of(node));
}

bool mentions(const std::vector<TokenizerStep>& steps, std::string_view part) {
  return std::any_of(steps.begin(), steps.end(), [&](const TokenizerStep& step) {
    return step.pattern.find(part) != std::string::npos || step.setting.find(part) != std::string::npos;
  });
}

constexpr std::string_view kMetaspace = "\xE2\x96\x81";

}  // namespace

Result<std::vector<TokenizerStep>> read_steps(std::string_view file, std::string_view name, std::string_view text) {
  auto parsed = parse_json(text, {}, file);
  if (!parsed) {
    Error error = parsed.error();
    error.code = error.code == "JSON_DEPTH" ? "TOK_DEPTH" : "TOK_JSON";
    error.place = "/" + std::string{name} + " " + error.place;
    return error;
  }
  std::vector<TokenizerStep> steps;
  flatten(*parsed, steps);
  return steps;
}

bool has_step(const std::vector<TokenizerStep>& steps, std::string_view type) {
  return std::any_of(steps.begin(), steps.end(), [&](const auto& step) { return step.type == type; });
}

void summarise_steps(TokenizerConventions& c) {
  c.describes_text = true;
  c.byte_level =
      has_step(c.pre_tokenizer, "ByteLevel") || has_step(c.normalizer, "ByteLevel") || has_step(c.decoder, "ByteLevel");
  c.byte_fallback = c.byte_fallback || has_step(c.decoder, "ByteFallback");
  c.prefix_space = mentions(c.pre_tokenizer, "add_prefix_space=true") ||
                   mentions(c.normalizer, "prepend=" + std::string{kMetaspace}) ||
                   mentions(c.pre_tokenizer, "prepend_scheme=always") ||
                   mentions(c.pre_tokenizer, "prepend_scheme=first");
  c.split_digits = mentions(c.pre_tokenizer, "individual_digits=true");
}

Spelling spelling_of(const TokenizerConventions& c, TokenizerModel model) {
  if (c.byte_level) return Spelling::kByteLevel;
  if (model == TokenizerModel::kWordPiece) return Spelling::kWordPiece;
  if (model == TokenizerModel::kUnigram) return Spelling::kMetaspace;
  const bool metaspace = has_step(c.pre_tokenizer, "Metaspace") || has_step(c.decoder, "Metaspace") ||
                         mentions(c.normalizer, kMetaspace) || mentions(c.decoder, kMetaspace) ||
                         mentions(c.pre_tokenizer, kMetaspace);
  return metaspace ? Spelling::kMetaspace : Spelling::kRaw;
}

bool looks_byte_level(const std::vector<RawToken>& tokens) {
  std::size_t letters = 0;
  for (const auto& token : tokens) {
    if (token.text.size() != 2) continue;
    const auto high = static_cast<unsigned char>(token.text[0]), low = static_cast<unsigned char>(token.text[1]);
    letters += static_cast<std::size_t>((high == 0xC4 && low >= 0x80) || (high == 0xC5 && low >= 0x80 && low <= 0x83));
  }
  return letters >= 60;
}

}  // namespace pedigree::io
