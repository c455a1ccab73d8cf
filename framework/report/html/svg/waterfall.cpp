// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/html/svg/shapes.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

constexpr double kStep = 38, kTop = 26, kSide = 54;  // the sides hold numbers

}  // namespace

std::string draw(const Waterfall& waterfall) {
  double low = 0, high = 0, sum = 0;
  for (const auto& [name, add] : waterfall.steps) {
    sum += add;
    low = std::min(low, sum);
    high = std::max(high, sum);
  }
  const double span = std::max(high - low, 1e-9);
  const double height = kTop + kStep * static_cast<double>(waterfall.steps.size() + 1) + 6;
  Canvas canvas{height, waterfall.title};
  const auto px = [&](double v) { return kSide + (kDrawingWidth - 2 * kSide) * (v - low) / span; };
  canvas.text(2, 12, fitted("\u2190 " + waterfall.against, kDrawingWidth / 2 - 4), "start", "tick");
  canvas.text(kDrawingWidth - 2, 12, fitted(waterfall.towards + " \u2192", kDrawingWidth / 2 - 4), "end", "tick");
  const auto bar = [&](double y, double from, double to, const char* css, const std::string& number) {
    const double a = std::min(px(from), px(to)), b = std::max(px(from), px(to));
    canvas.rect(a, y + 17, std::max(1.5, b - a), 14, css);
    canvas.line(px(0), y + 15, px(0), y + 34, "mark-line");  // beside the bars only: names stay uncrossed
    const bool room_right = b + 6 + width_of(number) < kDrawingWidth;
    canvas.text(room_right ? b + 6 : a - 6, y + 28, number, room_right ? "start" : "end", "over");
  };
  double y = kTop;
  sum = 0;
  for (const auto& [name, add] : waterfall.steps) {
    canvas.text(2, y + 12, fitted(name, kDrawingWidth - 4), "start", "over");
    bar(y, sum, sum + add, add >= 0 ? "fill bad" : "fill good", (add >= 0 ? "+" : "") + fixed(add, 2));
    sum += add;
    y += kStep;
    canvas.line(px(sum), y - 7, px(sum), y + 17, "grid");
  }
  canvas.text(2, y + 12, fitted(waterfall.total, kDrawingWidth - 4), "start", "name over");
  bar(y, 0, sum, "fill c", (sum >= 0 ? "+" : "") + fixed(sum, 2));
  return canvas.take();
}

}  // namespace pedigree::report::html
