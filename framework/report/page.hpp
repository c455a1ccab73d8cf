// SPDX-License-Identifier: MIT
// Lines of a terminal report: colours, bars, paragraphs and tables of one width.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/report/report.hpp"

namespace pedigree::report {

/// Colours that stay apart with every kind of colour blindness (blue, orange, vermilion, grey);
/// each is always paired with a word or a sign.
enum class Tone { plain, strong, faint, good, open, bad };

/// One column of a table.
struct Column {
  std::string title;
  int least = 4;        ///< never narrower than this
  bool right = false;   ///< numbers
  bool middle = false;  ///< cut in the middle: both ends of an id tell
  int drop = 0;         ///< left out below this page width
};

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

/// Collects lines. Every text given to it is harmless already; widths count terminal columns.
class Page {
 public:
  explicit Page(const TextStyle& style);

  int width() const { return width_; }
  bool unicode() const { return style_.unicode; }
  void blank();
  /// One line as it is, cut at the page's width.
  void line(std::string_view text, Tone tone = Tone::plain, int indent = 0);
  /// Wrapped text behind a lead ("1. "), continued under the text.
  void paragraph(std::string_view lead, std::string_view text, Tone tone = Tone::plain, int indent = 2);
  /// A section's title with an optional note.
  void heading(std::string_view title, std::string_view note = "");
  void table(const std::vector<Column>& columns, const std::vector<std::vector<Cell>>& rows, int indent = 2);
  /// A filled bar of `cells` cells for a share of 0..1.
  std::string bar(double share, int cells) const;
  /// Steps of a ladder: `reached` of `steps` filled.
  std::string ladder(int reached, int steps) const;
  std::string paint(std::string_view text, Tone tone) const;
  std::string sign(const char* unicode, const char* ascii) const { return style_.unicode ? unicode : ascii; }
  /// Puts a finished line, colours included.
  void put(std::string line);
  std::string take() { return std::move(out_); }

 private:
  const TextStyle& style_;
  int width_;
  std::string out_;
};

}  // namespace pedigree::report
