// SPDX-License-Identifier: MIT
// HTML text. Every value passes through escape(); tags are ours alone.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pedigree::report::html {

/// Text made safe inside elements and quoted attributes: markup characters become references,
/// control and direction characters become visible, broken UTF-8 is replaced.
std::string escape(std::string_view text);

/// Cells as text, escaped when written; the first row is the head.
using Rows = std::vector<std::vector<std::string>>;
std::string table(const Rows& rows, std::string_view css_class = {}, std::string_view caption = {});

/// One picture: drawings (SVG) with their own short titles, side by side where there is room, and the
/// data behind them as a table that opens on demand.
struct Figure {
  std::string title, caption;
  std::vector<std::pair<std::string, std::string>> drawings{};
  std::string body{};  ///< HTML of ours instead of drawings
  Rows data{};
  bool wide = false;
};
std::string figure(const Figure& figure, std::size_t number, std::string_view data_label);

/// A level-2 heading that the page's contents can point to.
std::string heading(std::string_view text, std::string_view id);

/// Base64 of a SHA-256 given as 64 hexadecimal digits, for a Content-Security-Policy.
std::string base64_of_hex(std::string_view hex);

/// JSON text that cannot end a script element or begin a comment, whatever it holds.
std::string in_script(std::string_view json_text);
/// The same for one text that is UTF-8 already, appended as a quoted JSON string.
void append_quoted(std::string& out, std::string_view text);

}  // namespace pedigree::report::html
