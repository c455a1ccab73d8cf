// SPDX-License-Identifier: MIT
#include "framework/core/diagnostic.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "framework/core/text.hpp"

namespace pedigree {
namespace {

constexpr std::size_t kShownCharacters = 160;  ///< of a source line; more is cut

struct Style {
  const char *bold = "", *severity = "", *mark = "", *dim = "", *reset = "";
};

Style style_of(Severity severity, bool color) {
  if (!color) return {};
  const char* tint = severity == Severity::error     ? "\033[1;31m"
                     : severity == Severity::warning ? "\033[1;33m"
                                                     : "\033[1;36m";
  return {"\033[1m", tint, "\033[1;32m", "\033[2m", "\033[0m"};
}

/// Characters of well-formed UTF-8 text, each as its own bytes.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    out.push_back(text.substr(at, length));
    at += length;
  }
  return out;
}

std::uint32_t code_point(std::string_view character) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i])); };
  switch (character.size()) {
    case 1:
      return at(0);
    case 2:
      return ((at(0) & 0x1F) << 6) | (at(1) & 0x3F);
    case 3:
      return ((at(0) & 0x0F) << 12) | ((at(1) & 0x3F) << 6) | (at(2) & 0x3F);
    default:
      return ((at(0) & 0x07) << 18) | ((at(1) & 0x3F) << 12) | ((at(2) & 0x3F) << 6) | (at(3) & 0x3F);
  }
}

/// Columns on a terminal: 2 for the wide blocks of East Asian text (UAX #11, W and F), else 1.
std::size_t columns(std::string_view character) {
  struct Range {
    std::uint32_t first, last;
  };
  constexpr Range kWide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97C},
                             {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                             {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
  const auto c = code_point(character);
  return std::any_of(std::begin(kWide), std::end(kWide), [&](Range r) { return c >= r.first && c <= r.last; }) ? 2 : 1;
}

/// Text that is safe to print: well-formed, without bytes a terminal obeys. Keeps newlines out.
std::string printable(std::string_view text) {
  std::string out;
  const std::string valid = to_utf8(text);
  for (const auto character : characters(valid)) {
    const auto c = code_point(character);
    if (c == '\t')
      out += ' ';
    else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
      out += "\xEF\xBF\xBD";
    else if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
      out += "\xEF\xBF\xBD";  // reordering
    else
      out += character;
  }
  return out;
}

std::string excerpt_lines(const Diagnostic& diagnostic, const Style& style) {
  const std::string safe = printable(diagnostic.excerpt);
  auto line = characters(safe);
  std::size_t column = diagnostic.column > 0 ? static_cast<std::size_t>(diagnostic.column) - 1 : 0;
  std::string shown, gap;
  if (line.size() > kShownCharacters) {
    const std::size_t start = std::min(column > 60 ? column - 60 : 0, line.size() - kShownCharacters);
    line = {line.begin() + static_cast<std::ptrdiff_t>(start),
            line.begin() + static_cast<std::ptrdiff_t>(start + kShownCharacters)};
    column -= std::min(column, start);
    if (start > 0) {
      shown = "...";
      gap = "   ";
    }
  }
  for (const auto character : line) shown += character;
  for (std::size_t i = 0; i < column && i < line.size(); ++i) gap.append(columns(line[i]), ' ');
  std::size_t width = 0;
  for (std::size_t i = column; i < line.size() && i < column + static_cast<std::size_t>(std::max(diagnostic.width, 1));
       ++i)
    width += columns(line[i]);
  std::string number = diagnostic.line > 0 ? std::to_string(diagnostic.line) : "";
  number.insert(0, number.size() < 5 ? 5 - number.size() : 0, ' ');
  std::string out = style.dim + number + " | " + style.reset + shown + "\n";
  if (diagnostic.column <= 0) return out;
  out += style.dim + std::string(number.size(), ' ') + " | " + style.reset + gap + style.mark + "^" +
         std::string(width > 1 ? width - 1 : 0, '~') + style.reset;
  if (!diagnostic.suggestion.empty()) out += " " + printable(diagnostic.suggestion);
  return out + "\n";
}

const std::string& word_of(Severity severity, const DiagnosticWords& words) {
  return severity == Severity::error ? words.error : severity == Severity::warning ? words.warning : words.note;
}

bool has_page(const Diagnostic& diagnostic) { return diagnostic.code.starts_with("PED-"); }
std::string page_of(const Diagnostic& diagnostic) { return "docs/errors/" + diagnostic.code + ".md"; }

}  // namespace

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

const char* to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "error";
}

std::string to_text(const Diagnostic& diagnostic, bool color, const DiagnosticWords& words) {
  const Style style = style_of(diagnostic.severity, color);
  std::string place = printable(diagnostic.file);
  if (!place.empty() && diagnostic.line > 0) {
    place += ":" + std::to_string(diagnostic.line);
    if (diagnostic.column > 0) place += ":" + std::to_string(diagnostic.column);
  }
  std::string out = style.bold + place + (place.empty() ? "" : ": ") + style.reset + style.severity +
                    word_of(diagnostic.severity, words) + ": " + style.reset + printable(diagnostic.message);
  if (!diagnostic.code.empty()) out += " [" + diagnostic.code + "]";
  out += "\n";
  if (!diagnostic.excerpt.empty()) out += excerpt_lines(diagnostic, style);
  if ((diagnostic.excerpt.empty() || diagnostic.column <= 0) && !diagnostic.suggestion.empty())
    out += "  " + printable(diagnostic.suggestion) + "\n";
  if (!diagnostic.allowed.empty()) out += "  " + words.allowed + ": " + printable(diagnostic.allowed) + "\n";
  std::string more;
  if (has_page(diagnostic)) more = "  " + words.more + ": " + page_of(diagnostic);
  if (!diagnostic.see.empty()) more += (more.empty() ? "  " : "    ") + words.see + ": " + printable(diagnostic.see);
  if (!more.empty()) out += style.dim + more + style.reset + "\n";
  return out;
}

std::string to_text(const Diagnostics& diagnostics, bool color, const DiagnosticWords& words) {
  std::string out;
  for (const auto& diagnostic : diagnostics) out += to_text(diagnostic, color, words);
  return out;
}

nlohmann::json to_json(const Diagnostic& diagnostic) {
  nlohmann::json out{{"code", diagnostic.code},
                     {"severity", to_string(diagnostic.severity)},
                     {"file", to_utf8(diagnostic.file)},
                     {"line", diagnostic.line},
                     {"column", diagnostic.column},
                     {"message", to_utf8(diagnostic.message)},
                     {"suggestion", to_utf8(diagnostic.suggestion)}};
  if (!diagnostic.allowed.empty()) out["allowed"] = to_utf8(diagnostic.allowed);
  if (has_page(diagnostic)) out["page"] = page_of(diagnostic);
  return out;
}

nlohmann::json to_json(const Diagnostics& diagnostics) {
  auto out = nlohmann::json::array();
  for (const auto& diagnostic : diagnostics) out.push_back(to_json(diagnostic));
  return out;
}

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = word.size() / 3 + 1;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string best = nearest(word, candidates);
  return best.empty() ? "" : "did you mean '" + best + "'?";
}

}  // namespace pedigree
