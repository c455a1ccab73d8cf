// SPDX-License-Identifier: MIT
#include "framework/report/phrases.hpp"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "framework/report/messages.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

constexpr int kDeepest = 3;             ///< a sentence in a sentence in a sentence
constexpr std::size_t kLongest = 4096;  ///< longer text is no sentence of ours

/// "no file {path}" as {"no file ", "path"}, {"", ""}: literal text, and the placeholder behind it.
std::vector<std::pair<std::string, std::string>> pieces_of(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> pieces(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = i + 1 < text.size() && text[i + 1] == text[i] && (text[i] == '{' || text[i] == '}');
    const auto end = text[i] == '{' && !doubled ? text.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      pieces.back().first += text[i];
      i += doubled ? 1 : 0;
      continue;
    }
    pieces.back().second = text.substr(i + 1, text.find_first_of(":}", i) - i - 1);
    pieces.emplace_back();
    i = end;
  }
  return pieces;
}

struct Match {
  std::size_t literal = 0;
  json values = json::object();
  std::set<std::string> quoted;  ///< names of files, keys and models: they stay as they are
};

/// Every placeholder takes as little as it can, the last one the rest.
std::optional<Match> match(const std::string& text, const std::string& pattern) {
  const auto pieces = pieces_of(pattern);
  Match found;
  if (!text.starts_with(pieces.front().first)) return std::nullopt;
  std::size_t at = pieces.front().first.size();
  found.literal = at;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const auto& literal = pieces[i].first;
    const bool last = i + 1 == pieces.size();
    std::size_t next = literal.empty() ? (last ? text.size() : at + 1) : text.find(literal, at + 1);
    if (last && !literal.empty())
      next = text.size() > at + literal.size() && text.ends_with(literal) ? text.size() - literal.size()
                                                                          : std::string::npos;
    if (next == std::string::npos || next <= at || next > text.size()) return std::nullopt;
    found.values[pieces[i - 1].second] = text.substr(at, next - at);
    if (pieces[i - 1].first.ends_with('\'')) found.quoted.insert(pieces[i - 1].second);
    at = next + literal.size();
    found.literal += literal.size();
  }
  return at == text.size() ? std::optional{found} : std::nullopt;
}

std::string translate_at(const std::string& english, const std::string& prefix, const std::string& lang,
                         const json& messages, int depth) {
  if (lang == "en" || depth > kDeepest || english.empty() || english.size() > kLongest || !messages.is_object())
    return english;
  std::optional<Match> best;
  const json* chosen = nullptr;
  for (const auto& [key, entry] : messages.items()) {
    if (!key.starts_with(prefix) || !entry.is_object() || !entry.contains("en") || !entry.contains(lang)) continue;
    if (!entry["en"].is_string() || !entry[lang].is_string()) continue;
    auto found = match(english, entry["en"].get_ref<const std::string&>());
    if (!found || (best && best->literal >= found->literal)) continue;
    best = std::move(found);
    chosen = &entry;
  }
  if (!best) return english;
  for (auto& [name, value] : best->values.items())
    if (best->quoted.count(name) == 0)
      value = translate_at(value.get<std::string>(), prefix, lang, messages, depth + 1);
  return fill((*chosen)[lang].get<std::string>(), best->values, lang, messages);
}

}  // namespace

std::string translate(const std::string& english, const std::string& prefix, const std::string& lang,
                      const json& messages) {
  return translate_at(english, prefix, lang, messages, 0);
}

}  // namespace pedigree::report
