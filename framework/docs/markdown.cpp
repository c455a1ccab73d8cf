// SPDX-License-Identifier: MIT
#include "framework/docs/markdown.hpp"

#include <algorithm>

#include "framework/report/text.hpp"

namespace pedigree::docs {
namespace {

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const auto& cell : cells) out += " " + (cell.empty() ? "–" : cell) + " |";
  return out + "\n";
}

}  // namespace

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : report::harmless(text)) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else {
      if (std::string_view{"\\`*_{}[]#|!~$"}.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::string out = row(rows.front()) + row(std::vector<std::string>(rows.front().size(), "---"));
  for (std::size_t i = 1; i < rows.size(); ++i) out += row(rows[i]);
  out.pop_back();  // the region adds the last line end
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

}  // namespace pedigree::docs
