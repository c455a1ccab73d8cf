// SPDX-License-Identifier: MIT
#include "framework/report/html/markup.hpp"

#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"

namespace pedigree::report::html {
namespace {

bool closes_scripts(char c) { return c == '<' || c == '>' || c == '&'; }

void append_code(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kDigits[code >> 4u];
  out += kDigits[code & 15u];
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : harmless(text)) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string table(const Rows& rows, std::string_view css_class, std::string_view caption) {
  std::string out = "<table" + (css_class.empty() ? std::string{} : " class=\"" + std::string{css_class} + "\"") + ">";
  if (!caption.empty()) out += "<caption>" + escape(caption) + "</caption>";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (r == 0) out += "<thead>";
    if (r == 1) out += "<tbody>";
    out += "<tr>";
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      if (r == 0)
        out += "<th scope=\"col\">" + escape(rows[r][c]) + "</th>";
      else
        out += "<td data-label=\"" + escape(c < rows[0].size() ? rows[0][c] : std::string{}) + "\">" +
               escape(rows[r][c]) + "</td>";
    }
    out += "</tr>";
    if (r == 0) out += "</thead>";
  }
  if (rows.size() > 1) out += "</tbody>";
  return out + "</table>";
}

std::string figure(const Figure& f, std::size_t number, std::string_view data_label) {
  const auto id = "picture-" + std::to_string(number);
  std::string out = "<figure id=\"" + id + "\"" + (f.wide ? " class=\"wide\"" : "") + "><figcaption><b>" +
                    escape(f.title) + "</b>" + escape(f.caption) + "</figcaption>";
  if (f.drawings.size() > 1) out += "<div class=\"pair\">";
  for (const auto& [title, svg] : f.drawings)
    out += title.empty() ? svg : "<div><p class=\"soft\">" + escape(title) + "</p>" + svg + "</div>";
  if (f.drawings.size() > 1) out += "</div>";
  out += f.body;
  if (f.data.size() > 1)
    out += "<details><summary>" + escape(data_label) + "</summary><div class=\"scroll\" tabindex=\"0\">" +
           table(f.data, {}, f.title) + "</div></details>";
  return out + "</figure>\n";
}

std::string heading(std::string_view text, std::string_view id) {
  return "<h2 id=\"" + std::string{id} + "\">" + escape(text) + "</h2>\n";
}

std::string base64_of_hex(std::string_view hex) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : hex) {
    held = (held << 4) | digit(c);
    bits += 4;
    if (bits >= 6) {
      bits -= 6;
      out += kAlphabet[(held >> bits) & 63u];
    }
  }
  if (bits > 0) out += kAlphabet[(held << (6 - bits)) & 63u];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string in_script(std::string_view json_text) {
  std::string out;
  out.reserve(json_text.size() + json_text.size() / 16);
  for (const char c : json_text) {
    if (closes_scripts(c))
      append_code(out, c);
    else
      out += c;
  }
  return out;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t copied = 0;  // what needs no care is copied in one go
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool slashed = c == '"' || c == '\\', coded = closes_scripts(c) || (c >= 0 && c < 0x20);
    if (!slashed && !coded) continue;
    out += text.substr(copied, i - copied);
    copied = i + 1;
    if (slashed)
      (out += '\\') += c;
    else
      append_code(out, c);
  }
  out += text.substr(copied);
  out += '"';
}

}  // namespace pedigree::report::html
