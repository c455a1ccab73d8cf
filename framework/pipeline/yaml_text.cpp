// SPDX-License-Identifier: MIT
#include "framework/pipeline/yaml_text.hpp"

#include <algorithm>

#include "framework/core/text.hpp"

namespace pedigree::pipeline {
namespace {

constexpr int kShownTabs = 20;  ///< findings about tabs; one page of them is enough

Place place_of(int source, std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto start = before.rfind('\n');
  return {source, static_cast<int>(std::count(before.begin(), before.end(), '\n')),
          static_cast<int>(start == std::string_view::npos ? offset : offset - start - 1), 1};
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') || c == '\x7F'; }

bool is_wide_encoding(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
         (text.size() >= 2 && ((text[0] == '\0') != (text[1] == '\0')));
}

/// Offset of the first byte that is not part of a well-formed character.
std::size_t first_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && !is_utf8(text.substr(at, length))) ++length;
    if (length > 4) break;
    at += length;
  }
  return at;
}

bool check_encoding(int source, std::string_view text, Findings& findings) {
  if (is_wide_encoding(text)) {
    findings.add({source, 0, 0, 1}, {"PED-P004", "the file is UTF-16 or UTF-32", "save it as UTF-8"});
    return false;
  }
  if (!is_utf8(text)) {
    findings.add(place_of(source, text, first_bad_byte(text)),
                 {"PED-P004", "a byte that is no UTF-8", "save the file as UTF-8"});
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_control(text[i]) || (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) continue;
    findings.add(place_of(source, text, i),
                 {"PED-P004", "a control character (byte " + std::to_string(static_cast<unsigned char>(text[i])) + ")",
                  "remove it"});
    return false;
  }
  return true;
}

bool check_tabs(int source, std::string_view text, Findings& findings) {
  int found = 0;
  for (int line = 0; !text.empty(); ++line) {
    const auto end = text.find('\n');
    const auto content = text.substr(0, end);
    const auto first = content.find_first_not_of(" \t\r");
    const auto tab = content.find('\t');
    if (first != std::string_view::npos && tab < first && content[first] != '#' && ++found <= kShownTabs)
      findings.add({source, line, static_cast<int>(tab), 1},
                   {"PED-P007", "a tab in the indentation", "indent with spaces; YAML has no tabs there"});
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return found == 0;
}

/// Where the scalar itself starts: yaml-cpp marks the anchor or tag before it.
std::size_t skip_properties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = std::min(text.find_first_of(" \t\r\n", at), text.size());
    for (; at < text.size(); ++at) {
      if (text[at] == '#') at = std::min(text.find('\n', at), text.size());
      if (at >= text.size() || std::string_view(" \t\r\n").find(text[at]) == std::string_view::npos) break;
    }
  }
  return at;
}

}  // namespace

bool check_text(int source, Findings& findings) {
  const std::string_view text = findings.source(source).text;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    findings.add({source, 0, 0, 1}, {"PED-P005", "the file is empty", "start from 'pedigree init'"});
    return false;
  }
  return check_encoding(source, text, findings) && check_tabs(source, text, findings);
}

std::size_t quoted_length(std::string_view text, std::size_t offset) {
  const std::size_t start = skip_properties(text, offset);
  if (start >= text.size() || (text[start] != '"' && text[start] != '\'')) return 1;
  const char quote = text[start];
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != quote) return i - offset + 1;
      ++i;
    }
  }
  return 0;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\r'; });
}

std::string syntax_hint(std::string_view message, std::string_view line) {
  if (line.find("${") != std::string_view::npos) return "inside { } and [ ], quote a text that holds ${...}";
  if (message.find("illegal map value") != std::string_view::npos)
    return "quote a value that holds ': ', and check the indentation of this line and the one above";
  if (message.find("end of") != std::string_view::npos) return "a bracket or the indentation above does not close";
  if (message.find("anchor") != std::string_view::npos) return "define the anchor (&name) above its first use";
  if (message.find("unknown token") != std::string_view::npos) return "quote a value that starts with @, ` or %";
  if (message.find("escape") != std::string_view::npos) return "use single quotes for text with backslashes";
  return "check the indentation and the brackets here and on the line above";
}

}  // namespace pedigree::pipeline
