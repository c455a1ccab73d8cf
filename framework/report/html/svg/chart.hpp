// SPDX-License-Identifier: MIT
// Lines, dots and bands over two axes.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pedigree::report::html {

enum class Scale { linear, whole, logarithmic, months };  ///< whole: no marks between numbers; months since 2000-01
enum class Drawn { line, dots, many_dots };

struct Point {
  double x = 0, y = 0;
};

struct Axis {
  std::string label;
  Scale scale = Scale::linear;
  std::optional<double> low{}, high{};  ///< else from the data
};

/// `css` is a class of ours, "a" "b" "c": each has a colour and a shape of its own.
struct Series {
  std::string name, css;
  Drawn drawn = Drawn::line;
  std::vector<Point> points{};
};

/// A shaded region between two values, over all of the other axis or along points of x.
struct Band {
  std::string name;
  bool vertical = false;  ///< between two x
  double low = 0, high = 0;
  struct Edge {
    double x, low, high;
  };
  std::vector<Edge> edges{};  ///< instead of low and high: changes along x
};

/// A dashed line across, with its name.
struct Mark {
  std::string name;
  double value = 0;
  bool vertical = false;
};

struct Chart {
  std::string title;  ///< spoken by screen readers
  Axis x, y;
  std::vector<Series> series{};
  std::vector<Band> bands{};
  std::vector<Mark> marks{};
  bool square = false;
};

/// Names are listed under the plot, so that nothing covers the data. Values are clamped to +-1e15.
std::string draw(const Chart& chart);

/// "2024-03" for 290.
std::string month_name(double months_since_2000);

}  // namespace pedigree::report::html
