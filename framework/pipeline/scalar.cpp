// SPDX-License-Identifier: MIT
#include "framework/pipeline/scalar.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

namespace pedigree::pipeline {
namespace {

using Unit = std::pair<std::string_view, double>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// Bytes of the decimal number at the front: 12, -1.5, 1e3. 0 when there is none, or one with a leading zero.
std::size_t number_length(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - start;
  };
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t mantissa = at++;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return mantissa;  // the letter belongs to a unit
  }
  return at;
}

std::optional<double> parse(std::string_view number) {
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// NUMBER UNIT, the unit found in `units` (case matters); {"", 1} allows none.
std::optional<double> with_unit(std::string_view text, std::span<const Unit> units) {
  const std::size_t length = number_length(text);
  if (length == 0 || text[0] == '-') return std::nullopt;
  const auto value = parse(text.substr(0, length));
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.first == text.substr(length); });
  if (!value || unit == units.end() || !std::isfinite(*value * unit->second)) return std::nullopt;
  return *value * unit->second;
}

}  // namespace

std::optional<std::int64_t> integer_from(std::string_view text) {
  std::int64_t value = 0;
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  if (digits.size() > 1 && digits[0] == '0') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> number_from(std::string_view text) {
  if (text.empty() || number_length(text) != text.size()) return std::nullopt;
  return parse(text);
}

std::optional<std::int64_t> seconds_from(std::string_view text) {
  constexpr std::array<std::pair<char, std::int64_t>, 4> kUnits{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
  constexpr std::int64_t kMost = 1'000'000'000;  // 31 years: far beyond any limit, far below overflow
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto length = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    const auto value = integer_from(text.substr(0, length));
    if (!value || length == text.size()) return std::nullopt;
    while (next_unit < kUnits.size() && kUnits[next_unit].first != text[length]) ++next_unit;
    if (next_unit == kUnits.size() || *value > kMost / kUnits[next_unit].second) return std::nullopt;
    total += *value * kUnits[next_unit++].second;
    if (total > kMost) return std::nullopt;
    text.remove_prefix(length + 1);
  }
  return total;
}

std::optional<std::uint64_t> bytes_from(std::string_view text) {
  constexpr double kKibi = 1024;
  static constexpr std::array<Unit, 9> kUnits{{{"B", 1.0},
                                               {"KiB", kKibi},
                                               {"MiB", kKibi * kKibi},
                                               {"GiB", kKibi * kKibi * kKibi},
                                               {"TiB", kKibi * kKibi * kKibi * kKibi},
                                               {"kB", 1e3},
                                               {"MB", 1e6},
                                               {"GB", 1e9},
                                               {"TB", 1e12}}};
  const auto bytes = with_unit(text, kUnits);
  if (!bytes || *bytes >= 9e18) return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

std::optional<double> count_from(std::string_view text) {
  static constexpr std::array<Unit, 5> kUnits{{{"", 1.0}, {"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}}};
  const auto count = with_unit(text, kUnits);
  if (!count) return std::nullopt;
  // 102.6B is 102600000000, not 102599999999.99998
  return *count < 9e15 ? std::round(*count) : *count;
}

std::optional<double> weight_from(std::string_view text) {
  static constexpr std::array<Unit, 4> kWords{{{"very_high", 1.0}, {"high", 0.8}, {"medium", 0.5}, {"low", 0.2}}};
  for (const auto& [word, value] : kWords)
    if (text == word) return value;
  return number_from(text);
}

bool is_misleading_number(std::string_view text) {
  if (text.empty() || number_from(text)) return false;
  const std::string word = lower(text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text);
  if (word == ".inf" || word == ".nan") return true;
  if (word.starts_with("0x") || word.starts_with("0o"))
    return word.size() > 2 && std::all_of(word.begin() + 2, word.end(),
                                          [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == '_'; });
  // digits, points, underscores and signs only: 010, 1_000, 1., .5, +5, 1:30 - but not a date or version (1.2.3,
  // 2026-01)
  if (word.empty() || !(is_digit(word[0]) || word[0] == '.')) return false;
  if (std::count(word.begin(), word.end(), '.') > 1) return false;
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return is_digit(c) || c == '.' || c == '_' || c == ':'; }) &&
         std::any_of(word.begin(), word.end(), is_digit);
}

bool is_misleading_boolean(std::string_view text) {
  if (text == "true" || text == "false") return false;
  const std::string word = lower(text);
  constexpr std::array<std::string_view, 8> kWords{"yes", "no", "on", "off", "y", "n", "true", "false"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

nlohmann::json free_json(const Node& node, Findings* findings) {
  switch (node.kind) {
    case Node::Kind::null:
      return nullptr;
    case Node::Kind::list: {
      auto out = nlohmann::json::array();
      for (const auto& item : node.items) out.push_back(free_json(item, findings));
      return out;
    }
    case Node::Kind::map: {
      auto out = nlohmann::json::object();
      for (const auto& entry : node.entries) out[entry.key] = free_json(entry.value, findings);
      return out;
    }
    case Node::Kind::text:
      break;
  }
  if (!node.plain || node.interpolated) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (const auto integer = integer_from(node.text)) return *integer;
  if (const auto number = number_from(node.text)) return *number;
  if (findings != nullptr && is_misleading_number(node.text))
    findings->add(node.place, {"PED-P019", "'" + node.text + "' is no decimal number",
                               "write a plain decimal number, or quote it to keep it as text"});
  return node.text;
}

}  // namespace pedigree::pipeline
