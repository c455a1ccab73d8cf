// SPDX-License-Identifier: MIT
// Drawings that are no plots over two axes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pedigree::report::html {

/// rows x columns of shares in [0, 1]; negative: nothing was measured there. The number stands in its cell
/// where there is room, so that colour is never alone; `unmeasured` names the empty cells in the legend.
struct HeatMap {
  std::string title, row_title, unmeasured;
  std::vector<std::string> rows, columns;
  std::vector<std::vector<double>> values;
};
std::string draw(const HeatMap& map);

/// Steps from nothing to an end, each added to the last. Rightwards and "+" speak for descent.
struct Waterfall {
  std::string title, against, towards, total;
  std::vector<std::pair<std::string, double>> steps;
};
std::string draw(const Waterfall& waterfall);

/// Two overlapping circles, areas as the sizes of the sets.
struct Venn {
  std::string title, left, right, both;
  double only_left = 0, common = 0, only_right = 0;
};
std::string draw(const Venn& venn);

/// Which combinations of several sets hold how much: a bar for each combination over a grid of dots.
struct Upset {
  std::string title, none;
  std::vector<std::string> sets;
  struct Combination {
    std::vector<bool> in;  ///< one per set
    double size = 0;
  };
  std::vector<Combination> combinations;
};
std::string draw(const Upset& upset);

/// Columns side by side over an axis of numbers.
struct Histogram {
  std::string title, x, y;
  double low = 0, high = 0;       ///< of the axis
  std::vector<double> columns{};  ///< heights, equal widths
};
std::string draw(const Histogram& histogram);

/// Values on scales of their own, each with the range that is usual.
struct Gauge {
  std::string name, text;
  double value = 0, low = 0, high = 1;  ///< the scale
  double usual_low = 0, usual_high = 0;
};
std::string draw(const std::string& title, const std::string& usual, const std::vector<Gauge>& gauges);

}  // namespace pedigree::report::html
