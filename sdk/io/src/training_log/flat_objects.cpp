// SPDX-License-Identifier: MIT
#include "flat_objects.hpp"

#include "log_fields.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kMaximumMembers = 256;
constexpr std::size_t kMaximumKey = 256;

/// Reads a quoted string that starts at text[at]; `at` ends past the closing quote. Escapes are kept
/// as they are but for the escaped quote: keys of logs never need more.
bool take_string(std::string_view text, std::size_t& at, std::string& out) {
  const char quote = text[at++];
  out.clear();
  while (at < text.size() && text[at] != quote) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    if (out.size() < kMaximumKey) out += text[at];
    ++at;
  }
  if (at >= text.size()) return false;
  ++at;
  return true;
}

void skip_space(std::string_view text, std::size_t& at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) ++at;
}

}  // namespace

bool each_flat_object(std::string_view text, const std::function<void(const FlatObject&)>& use) {
  FlatObject object;
  bool inside = false;  // between '{' and its '}' with no '{' since
  bool open = false;
  std::string key, value;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '{') {
      object.numbers.clear();
      object.texts.clear();
      inside = open = true;
      ++at;
    } else if (c == '}') {
      if (inside) use(object);
      inside = open = false;
      ++at;
    } else if (c == '"' || (c == '\'' && inside)) {
      if (!take_string(text, at, key)) return false;
      if (!inside) continue;
      skip_space(text, at);
      if (at >= text.size() || text[at] != ':') continue;
      ++at;
      skip_space(text, at);
      if (at >= text.size()) return false;
      if (object.numbers.size() + object.texts.size() >= kMaximumMembers) continue;
      if (text[at] == '"' || text[at] == '\'') {
        if (!take_string(text, at, value)) return false;
        object.texts.emplace_back(key, value);
      } else {
        std::string_view rest = text.substr(at, 64);
        const auto before = rest.size();
        if (const auto number = take_number(rest)) {
          object.numbers.emplace_back(key, *number);
          at += before - rest.size();
        }
      }
    } else {
      ++at;
    }
  }
  return !open;
}

}  // namespace pedigree::io::training_log
