// SPDX-License-Identifier: MIT
#include "framework/report/html/markup.hpp"

#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"

namespace pedigree::report::html {

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

std::string at(double value) { return fixed(value, 2); }

std::string table(const std::vector<std::vector<std::string>>& rows, std::string_view css_class) {
  std::string out = "<table" + (css_class.empty() ? std::string{} : " class=\"" + std::string{css_class} + "\"") + ">";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (r == 0) out += "<thead>";
    if (r == 1) out += "<tbody>";
    out += "<tr>";
    for (const auto& cell : rows[r])
      out += (r == 0 ? "<th scope=\"col\">" : "<td>") + escape(cell) + (r == 0 ? "</th>" : "</td>");
    out += "</tr>";
    if (r == 0) out += "</thead>";
  }
  if (rows.size() > 1) out += "</tbody>";
  return out + "</table>";
}

std::string figure(std::string_view title, std::string_view caption, const std::string& svg,
                   const std::vector<std::vector<std::string>>& data, std::string_view data_label) {
  std::string out = "<figure><figcaption><b>" + escape(title) + "</b> " + escape(caption) + "</figcaption>" + svg;
  if (data.size() > 1)
    out += "<details><summary>" + escape(data_label) + "</summary><div class=\"scroll\">" + table(data) +
           "</div></details>";
  return out + "</figure>\n";
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

}  // namespace pedigree::report::html
