// SPDX-License-Identifier: MIT
// A drawing as inline SVG text: no script, printable, coloured by classes of page.css so that light and dark both work.
#pragma once

#include <string>
#include <string_view>

namespace pedigree::report::html {

/// Drawings are this wide in their own units: one on a phone, two side by side on a desk, letters legible on both.
inline constexpr double kDrawingWidth = 440;

/// Elements are written in the order they are added. Every text is escaped here; `css` is ours.
class Canvas {
 public:
  /// `title` is what a screen reader says of the drawing.
  Canvas(double height, std::string_view title, double width = kDrawingWidth);

  void text(double x, double y, std::string_view words, const char* anchor = "start", const char* css = "");
  /// A text standing on its side, read upwards.
  void upright(double x, double y, std::string_view words, const char* css = "");
  /// `tip` is shown under a resting pointer.
  void rect(double x, double y, double width, double height, std::string_view css, std::string_view tip = {});
  void line(double x1, double y1, double x2, double y2, const char* css);
  void circle(double x, double y, double radius, const char* css);
  /// `commands` are ours: letters and numbers.
  void path(std::string_view commands, std::string_view css);
  std::string take();

 private:
  std::string out_;
};

/// A coordinate: one decimal, never "nan".
std::string at(double value);

/// Room that `words` need in the largest letters of the style sheet.
double width_of(std::string_view words);
/// `words` cut in the middle to fit into `room` units.
std::string fitted(std::string_view words, double room);

/// 12,345,678 as "12.3M": for axes.
std::string short_number(double value);

}  // namespace pedigree::report::html
