// SPDX-License-Identifier: MIT
// Charts as inline SVG: no script, printable, coloured by CSS classes so that light and dark both work.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pedigree::report::html {

struct Point {
  double x = 0, y = 0;
};

/// One series of a chart. `css` is a class of ours: "a" "b" "c".
struct Series {
  std::string name, css;
  std::vector<Point> points;
  bool line = true;  ///< else dots
};

struct Axes {
  std::string title;  ///< spoken by screen readers
  std::string x, y;   ///< axis labels
  bool log_x = false;
  double band_low = 0, band_high = 0;                 ///< a shaded horizontal band when high > low
  std::vector<std::pair<double, std::string>> marks;  ///< horizontal lines with labels
};
/// Lines and dots over two axes.
std::string chart(const Axes& axes, const std::vector<Series>& series);

/// rows x columns of values in [0, 1]; negative: nothing to show.
std::string heat_map(const std::string& title, const std::vector<std::string>& rows,
                     const std::vector<std::string>& columns, const std::vector<std::vector<double>>& values);

/// Steps from a start to an end, each added to the last (log10 odds).
std::string waterfall(const std::string& title, const std::vector<std::pair<std::string, double>>& steps);

/// Two sets: only left, both, only right.
std::string venn(const std::string& title, const std::string& left, const std::string& right, double only_left,
                 double both, double only_right);

/// Horizontal bars with labels.
std::string bars(const std::string& title, const std::vector<std::pair<std::string, double>>& values);

}  // namespace pedigree::report::html
