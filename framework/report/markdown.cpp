// SPDX-License-Identifier: MIT
#include "framework/report/markdown.hpp"

#include <algorithm>

#include "framework/report/text.hpp"

namespace pedigree::report::markdown {
namespace {

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const auto& cell : cells) out += " " + (cell.empty() ? "–" : cell) + " |";
  return out + "\n";
}

}  // namespace

std::string plain(std::string_view foreign) {
  std::string out;
  const std::string text = harmless(foreign);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '@')
      out += "&#64;";
    else if (c == ':' && text.compare(i, 3, "://") == 0)
      out += "&#58;";
    else if (c == '.' && i >= 3 && text.compare(i - 3, 3, "www") == 0)
      out += "\\.";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else {
      // Without brackets no parenthesis makes a link.
      if (std::string_view{"\\`*_{}[]#|!~$"}.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::string out = row(rows.front()) + row(std::vector<std::string>(rows.front().size(), "---"));
  for (std::size_t i = 1; i < rows.size(); ++i) out += row(rows[i]);
  out.pop_back();
  return out;
}

std::string fenced(std::string_view text) {
  std::string inside{text};
  for (auto at = inside.find("<!--"); at != std::string::npos; at = inside.find("<!--", at))
    inside.replace(at, 4, "<! --");
  std::size_t longest = 2, run = 0;
  for (const char c : inside) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fence + "text\n" + inside + (inside.ends_with('\n') ? "" : "\n") + fence;
}

}  // namespace pedigree::report::markdown
