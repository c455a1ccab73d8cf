// SPDX-License-Identifier: MIT
#include "plugins/behavior/text/style.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace pedigree::behavior {
namespace {

constexpr std::array<std::string_view, 9> kCourtesies{"sure", "certainly", "of course", "absolutely", "great question",
                                                      "물론", "네,",       "네!",       "좋은 질문"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::string lowered_head(std::string_view text) {
  std::string out{text.substr(0, 32)};
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x80) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// Lines that begin with a bullet, a number and a point, or '#'.
void look_at_lines(std::string_view text, bool& list, bool& heading) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    list = list || line.starts_with("- ") || line.starts_with("* ") || line.starts_with("\u2022");
    std::size_t digits = 0;
    while (digits < line.size() && std::isdigit(static_cast<unsigned char>(line[digits])) != 0) ++digits;
    list = list || (digits > 0 && digits < 4 && line.substr(digits).starts_with(". "));
    heading = heading || line.starts_with("# ") || line.starts_with("## ") || line.starts_with("### ");
  }
}

struct Counts {
  double words = 0, sentences = 0, bytes = 0, list = 0, heading = 0, bold = 0, code = 0, emoji = 0, exclamation = 0,
         question = 0, courtesy = 0, hangul = 0;
};

void count(std::string_view answer, Counts& c) {
  const auto text = trimmed(answer);
  bool in_word = false, list = false, heading = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool space = std::isspace(byte) != 0;
    c.words += !space && !in_word ? 1 : 0;
    in_word = !space;
    const bool stop = byte == '.' || byte == '!' || byte == '?';
    c.sentences += stop && (i + 1 == text.size() || std::isspace(static_cast<unsigned char>(text[i + 1])) != 0) ? 1 : 0;
  }
  c.bytes += static_cast<double>(text.size());
  look_at_lines(text, list, heading);
  const auto has = [&](std::string_view part) { return text.find(part) != std::string_view::npos ? 1.0 : 0.0; };
  c.list += list ? 1 : 0;
  c.heading += heading ? 1 : 0;
  c.bold += has("**");
  c.code += has("```");
  c.emoji += has("\xF0\x9F");  // U+1F000 .. U+1FFFF
  c.exclamation += has("!");
  c.question += text.ends_with("?") ? 1 : 0;
  const auto head = lowered_head(text);
  c.courtesy += std::any_of(kCourtesies.begin(), kCourtesies.end(), [&](auto word) { return head.starts_with(word); });
  const auto is_hangul = [&] {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
      const auto a = static_cast<unsigned char>(text[i]), b = static_cast<unsigned char>(text[i + 1]);
      if (a >= 0xEB && a <= 0xEC) return true;  // U+B000 .. U+CFFF
      if ((a == 0xEA && b >= 0xB0) || (a == 0xED && b <= 0x9E)) return true;
    }
    return false;
  };
  c.hangul += is_hangul() ? 1 : 0;
}

}  // namespace

StyleFeatures style_features(const std::vector<std::string_view>& answers) {
  if (answers.empty()) return {};
  Counts c;
  for (const auto answer : answers) count(answer, c);
  const auto n = static_cast<double>(answers.size());
  return {{"words", c.words / n},
          {"bytes_per_sentence", c.bytes / std::max(1.0, c.sentences)},
          {"list", c.list / n},
          {"heading", c.heading / n},
          {"bold", c.bold / n},
          {"code", c.code / n},
          {"emoji", c.emoji / n},
          {"exclamation", c.exclamation / n},
          {"closing_question", c.question / n},
          {"courtesy", c.courtesy / n},
          {"hangul", c.hangul / n}};
}

double style_distance(const StyleFeatures& a, const StyleFeatures& b) {
  double sum = 0, features = 0;
  for (const auto& [name, value] : a) {
    const auto other = b.find(name);
    if (other == b.end()) continue;
    const bool length = name == "words" || name == "bytes_per_sentence";
    const double away = length ? std::log(std::max(value, 0.1) / std::max(other->second, 0.1)) : value - other->second;
    sum += away * away;
    features += 1;
  }
  return features > 0 ? std::sqrt(sum / features) : 0;
}

}  // namespace pedigree::behavior
