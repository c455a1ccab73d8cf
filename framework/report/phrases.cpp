// SPDX-License-Identifier: MIT
#include "framework/report/phrases.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "framework/report/messages.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

constexpr int kDeepest = 5;             ///< a sentence in a sentence in a sentence; a file of a model, a code behind it
constexpr std::size_t kLongest = 4096;  ///< longer text is no sentence of ours

struct Match {
  std::size_t literal = 0;
  json values = json::object();
  std::set<std::string> quoted;  ///< names of files, keys and models: they stay as they are
};

/// Every placeholder takes as little as it can, the last one the rest.
std::optional<Match> match(const std::string& text, const Template& pattern) {
  const auto& pieces = pattern.pieces();
  if (!text.starts_with(pieces.front().text) || !text.ends_with(pieces.back().text)) return std::nullopt;
  Match found;
  std::size_t at = pieces.front().text.size();
  found.literal = at;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const auto& literal = pieces[i].text;
    const bool last = i + 1 == pieces.size();
    std::size_t next = literal.empty() ? (last ? text.size() : at + 1) : text.find(literal, at + 1);
    if (last && !literal.empty())
      next = text.size() > at + literal.size() && text.ends_with(literal) ? text.size() - literal.size()
                                                                          : std::string::npos;
    if (next == std::string::npos || next <= at || next > text.size()) return std::nullopt;
    const auto& name = pieces[i - 1].placeholder.name;
    found.values[name] = text.substr(at, next - at);
    if (pieces[i - 1].text.ends_with('\'')) found.quoted.insert(name);
    at = next + literal.size();
    found.literal += literal.size();
  }
  return at == text.size() ? std::optional{found} : std::nullopt;
}

}  // namespace

Translator::Translator(std::shared_ptr<const json> messages, const std::string& prefix, std::string lang)
    : messages_(std::move(messages)), lang_(std::move(lang)) {
  if (lang_ == "en" || !messages_->is_object()) return;
  for (const auto& [key, entry] : messages_->items()) {
    if (!key.starts_with(prefix) || !entry.is_object() || !entry.contains("en") || !entry.contains(lang_)) continue;
    if (!entry["en"].is_string() || !entry[lang_].is_string()) continue;
    entries_.push_back(
        {Template{entry["en"].get_ref<const std::string&>()}, Template{entry[lang_].get_ref<const std::string&>()}});
  }
}

bool Translator::knows(const std::string& english) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return match(english, entry.english).has_value(); });
}

std::string Translator::at_depth(const std::string& english, int depth) const {
  if (depth > kDeepest || english.empty() || english.size() > kLongest) return english;
  std::optional<Match> best;
  const Entry* chosen = nullptr;
  for (const auto& entry : entries_) {
    auto found = match(english, entry.english);
    if (!found || (best && best->literal >= found->literal)) continue;
    best = std::move(found);
    chosen = &entry;
  }
  if (!best) return english;
  for (auto& [name, value] : best->values.items())
    if (best->quoted.count(name) == 0) value = at_depth(value.get<std::string>(), depth + 1);
  return chosen->translated.fill(best->values, lang_, *messages_);
}

std::string translate(const std::string& english, const std::string& prefix, const std::string& lang,
                      const json& messages) {
  return Translator{std::make_shared<json>(messages), prefix, lang}(english);
}

}  // namespace pedigree::report
