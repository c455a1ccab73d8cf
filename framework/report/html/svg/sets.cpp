// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numbers>

#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/html/svg/shapes.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

/// Area that circles with radii a and b share when their middles are d apart.
double lens(double a, double b, double d) {
  if (d >= a + b) return 0;
  if (d <= std::abs(a - b)) return std::numbers::pi * std::min(a, b) * std::min(a, b);
  const double alpha = std::acos(std::clamp((d * d + a * a - b * b) / (2 * d * a), -1.0, 1.0));
  const double beta = std::acos(std::clamp((d * d + b * b - a * a) / (2 * d * b), -1.0, 1.0));
  return a * a * (alpha - std::sin(2 * alpha) / 2) + b * b * (beta - std::sin(2 * beta) / 2);
}

/// The distance at which the circles share `area`: found by halving, the lens shrinks with distance.
double distance_for(double a, double b, double area) {
  double low = std::abs(a - b), high = a + b;
  for (int k = 0; k < 60; ++k) {
    const double middle = (low + high) / 2;
    (lens(a, b, middle) > area ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

std::string draw(const Venn& venn) {
  constexpr double kLargest = 84, kMiddle = 96;
  const double left = std::max(0.0, venn.only_left + venn.common), right = std::max(0.0, venn.only_right + venn.common);
  const double most = std::max({left, right, 1.0});
  const double a = kLargest * std::sqrt(left / most), b = kLargest * std::sqrt(right / most);
  const double unit = std::numbers::pi * kLargest * kLargest / most;  // area of one token
  const double d = a > 0 && b > 0 ? distance_for(a, b, std::max(0.0, venn.common) * unit) : a + b;
  const double from = std::min(-a, d - b), to = std::max(a, d + b);
  const double x = kDrawingWidth / 2 - (from + to) / 2;
  Canvas canvas{262, venn.title};
  canvas.circle(x, kMiddle, a, "ring");
  canvas.circle(x + d, kMiddle, b, "ring b");
  double y = 206;
  const auto line = [&](const char* sign, const std::string& name, double count) {
    canvas.circle(14, y - 4, 6, sign);
    const auto number = thousands(count);
    canvas.text(28, y, fitted(name, kDrawingWidth - 40 - width_of(number)));
    canvas.text(kDrawingWidth - 4, y, number, "end", "name");
    y += 20;
  };
  line("ring", venn.left, venn.only_left);
  canvas.circle(14, y - 4, 6, "ring b");
  line("ring", venn.both, venn.common);
  line("ring b", venn.right, venn.only_right);
  return canvas.take();
}

std::string draw(const Upset& upset) {
  constexpr double kBars = 130, kRow = 22, kNames = 128;
  const std::size_t columns = std::max<std::size_t>(1, upset.combinations.size());
  const double wide = std::min(56.0, (kDrawingWidth - kNames - 6) / static_cast<double>(columns));
  double most = 1;
  for (const auto& c : upset.combinations) most = std::max(most, c.size);
  Canvas canvas{kBars + 26 + kRow * static_cast<double>(upset.sets.size()) + 8, upset.title};
  const double grid = kBars + 24;
  for (std::size_t s = 0; s < upset.sets.size(); ++s)
    canvas.text(kNames - 8, grid + kRow * (static_cast<double>(s) + 0.5) + 4, fitted(upset.sets[s], kNames - 10),
                "end");
  for (std::size_t c = 0; c < upset.combinations.size(); ++c) {
    const auto& combination = upset.combinations[c];
    const double x = kNames + wide * (static_cast<double>(c) + 0.5), tall = (kBars - 24) * combination.size / most;
    std::string names;
    double first = -1, last = -1;
    for (std::size_t s = 0; s < upset.sets.size(); ++s) {
      const double y = grid + kRow * (static_cast<double>(s) + 0.5);
      const bool in = s < combination.in.size() && combination.in[s];
      canvas.circle(x, y, 6, in ? "fill a" : "knot");
      if (!in) continue;
      if (first < 0) first = y;
      last = y;
      names += (names.empty() ? "" : " + ") + upset.sets[s];
    }
    if (last > first) canvas.line(x, first, x, last, "line a");
    canvas.rect(x - wide * 0.34, kBars - tall, wide * 0.68, tall, "fill a",
                (names.empty() ? upset.none : names) + ": " + thousands(combination.size));
    canvas.text(x, kBars - tall - 5, short_number(combination.size), "middle", "tick");
    if (names.empty()) canvas.text(x, kBars + 14, fitted(upset.none, wide + 30), "middle", "tick");
  }
  canvas.line(kNames, kBars, kDrawingWidth - 4, kBars, "axis");
  return canvas.take();
}

}  // namespace pedigree::report::html
