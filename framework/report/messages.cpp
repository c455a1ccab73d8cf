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

bool is_list(const std::string& format) { return format == "list" || format == "and"; }

bool known_format(const std::string& format) {
  return format.empty() || format == "," || is_list(format) || decimals_of(format, true) || decimals_of(format, false);
}

std::string number_text(double value, const std::string& format) {
  if (format == ",") return thousands(value);
  if (const auto decimals = decimals_of(format, true)) return fixed(100 * value, *decimals) + "%";
  if (const auto decimals = decimals_of(format, false)) return fixed(value, *decimals);
  return shortest(value);
}

std::string value_text(const Template::Placeholder& wanted, const json& value, const std::string& lang,
                       const json& messages);

/// Items as people join them. An item with a key is a sentence of the catalogue with values of its own.
std::string list_text(const Template::Placeholder& wanted, const json& items, const std::string& lang,
                      const json& messages) {
  const auto* last = wanted.format == "and" ? message_text(messages, "list.last", lang) : nullptr;
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const json& item = items[i];
    if (i > 0) out += last != nullptr && i + 1 == items.size() ? *last : std::string{", "};
    const auto key = item.is_object() ? item.find("key") : item.end();
    out += item.is_object() && key != item.end() && key->is_string()
               ? render(key->get_ref<const std::string&>(), item.value("params", json::object()), lang, messages)
               : value_text({wanted.name, {}}, item, lang, messages);
  }
  return out;
}

std::string value_text(const Template::Placeholder& wanted, const json& value, const std::string& lang,
                       const json& messages) {
  if (value.is_array() && is_list(wanted.format)) return list_text(wanted, value, lang, messages);
  if (value.is_number()) {
    if (value.is_number_integer() && wanted.format.empty()) return value.dump();
    return number_text(value.get<double>(), wanted.format);
  }
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const bool is_key = wanted.name == "criterion";  // its value is a message of its own
    const auto* term = message_text(messages, is_key ? text : wanted.name + "." + text, lang);
    return term == nullptr ? text : *term;
  }
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::set<std::string> placeholders(const std::string& text) {
  std::set<std::string> names;
  const Template sentence{text};
  for (const auto& piece : sentence.pieces())
    if (!piece.last) names.insert(piece.placeholder.name);
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

Template::Template(std::string_view text) : pieces_(1) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = i + 1 < text.size() && text[i + 1] == text[i] && (text[i] == '{' || text[i] == '}');
    const auto end = text[i] == '{' && !doubled ? text.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      pieces_.back().text += text[i];
      i += doubled ? 1 : 0;
      continue;
    }
    const std::string inside{text.substr(i + 1, end - i - 1)};
    const auto colon = inside.find(':');
    pieces_.back().placeholder = {inside.substr(0, colon),
                                  colon == std::string::npos ? std::string{} : inside.substr(colon + 1)};
    pieces_.back().last = false;
    pieces_.emplace_back();
    i = end;
  }
}

std::string Template::fill(const json& params, const std::string& lang, const json& messages) const {
  std::string out;
  for (const auto& piece : pieces_) {
    out += piece.text;
    if (piece.last) continue;
    const auto found = params.is_object() ? params.find(piece.placeholder.name) : params.end();
    if (params.is_object() && found != params.end() && !found->is_null())
      out += value_text(piece.placeholder, *found, lang, messages);
    else
      out += "{" + piece.placeholder.name + "}";
  }
  return lang == "ko" ? with_particles(out) : out;
}

std::string fill(const std::string& text, const json& params, const std::string& lang, const json& messages) {
  return Template{text}.fill(params, lang, messages);
}

const std::string* message_text(const json& messages, const std::string& key, const std::string& lang) {
  if (!messages.is_object()) return nullptr;
  const auto found = messages.find(key);
  if (found == messages.end() || !found->is_object()) return nullptr;
  for (const std::string_view wanted : {std::string_view{lang}, std::string_view{"en"}})
    if (const auto text = found->find(wanted); text != found->end() && text->is_string())
      if (const auto& words = text->get_ref<const std::string&>(); !words.empty()) return &words;
  return nullptr;
}

std::string render(const std::string& key, const json& params, const std::string& lang, const json& messages) {
  const auto* text = message_text(messages, key, lang);
  return text == nullptr ? key : fill(*text, params, lang, messages);
}

std::string about(const plugin::Manifest& plugin, const std::string& part, const std::string& english,
                  const std::string& lang) {
  const auto* told = lang == "en" ? nullptr : message_text(plugin.messages, "about." + part, lang);
  return told == nullptr ? english : *told;
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
      const Template sentence{text};
      for (const auto& piece : sentence.pieces())
        if (!piece.last && !known_format(piece.placeholder.format))
          problems.push_back(key + " in " + lang + " has the unknown format '" + piece.placeholder.format + "'");
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

std::string brief(double value) {
  const double size = std::abs(value);
  if (value == 0 || !(size < 1e6) || size < 1e-6) return shortest(value);
  double scale = 1;
  for (double below = 1e5; size < below && scale < 1e9; below /= 10) scale *= 10;
  return shortest(std::round(value * scale) / scale);
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
