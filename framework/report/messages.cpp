// SPDX-License-Identifier: MIT
#include "framework/report/messages.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>

#include "framework/report/particles.hpp"

namespace pedigree::report {

/// One JSON text per file of framework/report/messages, written by report.cmake.
std::vector<std::string_view> embedded_messages();

namespace {

using nlohmann::json;

/// "{name:format}" taken apart.
struct Placeholder {
  std::string name, format;
};

/// A template as alternating literal text and placeholders.
struct Piece {
  std::string text;
  std::optional<Placeholder> placeholder;
};

std::vector<Piece> parse(const std::string& text) {
  std::vector<Piece> pieces(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = i + 1 < text.size() && text[i + 1] == text[i] && (text[i] == '{' || text[i] == '}');
    const auto end = text[i] == '{' && !doubled ? text.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      pieces.back().text += text[i];
      i += doubled ? 1 : 0;
      continue;
    }
    const std::string inside = text.substr(i + 1, end - i - 1);
    const auto colon = inside.find(':');
    pieces.back().placeholder =
        Placeholder{inside.substr(0, colon), colon == std::string::npos ? "" : inside.substr(colon + 1)};
    pieces.emplace_back();
    i = end;
  }
  return pieces;
}

/// Decimals of ".3" or ".1%"; nothing when the format is another one.
std::optional<int> decimals_of(std::string_view format, bool percent) {
  if (format.size() < 2 || format.front() != '.' || (format.back() == '%') != percent) return std::nullopt;
  format.remove_prefix(1);
  if (percent) format.remove_suffix(1);
  int decimals = 0;
  const auto [end, error] = std::from_chars(format.data(), format.data() + format.size(), decimals);
  if (error != std::errc{} || end != format.data() + format.size() || decimals < 0 || decimals > 12)
    return std::nullopt;
  return decimals;
}

bool known_format(const std::string& format) {
  return format.empty() || format == "," || decimals_of(format, true) || decimals_of(format, false);
}

std::string number_text(double value, const std::string& format) {
  if (format == ",") return thousands(value);
  if (const auto decimals = decimals_of(format, true)) return fixed(100 * value, *decimals) + "%";
  if (const auto decimals = decimals_of(format, false)) return fixed(value, *decimals);
  return shortest(value);
}

std::string entry(const json& messages, const std::string& key, const std::string& lang) {
  const auto found = messages.find(key);
  if (found == messages.end() || !found->is_object()) return {};
  for (const auto& wanted : {lang, std::string("en")})
    if (const auto text = found->find(wanted); text != found->end() && text->is_string())
      return text->get<std::string>();
  return {};
}

std::string value_text(const Placeholder& wanted, const json& value, const std::string& lang, const json& messages) {
  if (value.is_number()) {
    if (value.is_number_integer() && wanted.format.empty()) return value.dump();
    return number_text(value.get<double>(), wanted.format);
  }
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const bool is_key = wanted.name == "criterion";  // its value is a message of its own
    const std::string term = entry(messages, is_key ? text : wanted.name + "." + text, lang);
    return term.empty() ? text : term;
  }
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::set<std::string> placeholders(const std::string& text) {
  std::set<std::string> names;
  for (const auto& piece : parse(text))
    if (piece.placeholder) names.insert(piece.placeholder->name);
  return names;
}

}  // namespace

nlohmann::json framework_messages() {
  json all = json::object();
  for (const auto text : embedded_messages()) all.update(json::parse(text));
  return all;
}

nlohmann::json merged_messages(const std::vector<plugin::Manifest>& plugins) {
  json all = json::object();
  for (auto plugin = plugins.rbegin(); plugin != plugins.rend(); ++plugin)
    if (plugin->messages.is_object()) all.update(plugin->messages);
  all.update(framework_messages());
  return all;
}

std::string fill(const std::string& text, const nlohmann::json& params, const std::string& lang,
                 const nlohmann::json& messages) {
  std::string out;
  for (const auto& piece : parse(text)) {
    out += piece.text;
    if (!piece.placeholder) continue;
    const bool found =
        params.is_object() && params.contains(piece.placeholder->name) && !params.at(piece.placeholder->name).is_null();
    out += found ? value_text(*piece.placeholder, params.at(piece.placeholder->name), lang, messages)
                 : "{" + piece.placeholder->name + "}";
  }
  return lang == "ko" ? with_particles(out) : out;
}

std::string render(const std::string& key, const nlohmann::json& params, const std::string& lang,
                   const nlohmann::json& messages) {
  const std::string text = entry(messages, key, lang);
  return text.empty() ? key : fill(text, params, lang, messages);
}

std::vector<std::string> check_messages(const nlohmann::json& messages) {
  std::vector<std::string> problems;
  for (const auto& [key, languages] : messages.items()) {
    std::optional<std::set<std::string>> names;
    for (const char* lang : {"en", "ko"}) {
      const bool present = languages.is_object() && languages.contains(lang) && languages.at(lang).is_string() &&
                           !languages.at(lang).get_ref<const std::string&>().empty();
      if (!present) {
        problems.push_back(key + " has no text in " + lang);
        continue;
      }
      const auto& text = languages.at(lang).get_ref<const std::string&>();
      for (const auto& piece : parse(text))
        if (piece.placeholder && !known_format(piece.placeholder->format))
          problems.push_back(key + " in " + lang + " has the unknown format '" + piece.placeholder->format + "'");
      if (names && *names != placeholders(text)) problems.push_back(key + " names different values in en and ko");
      names = placeholders(text);
    }
  }
  return problems;
}

std::string shortest(double value) {
  if (!std::isfinite(value)) return "?";
  std::array<char, 40> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value == 0 ? 0.0 : value);
  return error == std::errc{} ? std::string(buffer.data(), end) : "?";
}

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "?";
  std::array<char, 400> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
  if (error != std::errc{}) return "?";
  std::string text(buffer.data(), end);
  const bool zero = text.find_first_not_of("-0.") == std::string::npos;
  return zero && text.front() == '-' ? text.substr(1) : text;
}

std::string thousands(double value) {
  std::string text = value == std::floor(value) ? fixed(value, 0) : shortest(value);
  if (text.find_first_not_of("-0123456789.") != std::string::npos) return text;
  const std::size_t first = text.front() == '-' ? 1 : 0;
  for (std::size_t i = std::min(text.find('.'), text.size()); i > first + 3;) text.insert(i -= 3, ",");
  return text;
}

}  // namespace pedigree::report
