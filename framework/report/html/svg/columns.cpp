// SPDX-License-Identifier: MIT
// Histogram and gauges.
#include <algorithm>
#include <cmath>

#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/html/svg/shapes.hpp"
#include "framework/report/html/svg/ticks.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {

std::string draw(const Histogram& h) {
  constexpr double kLeft = 70, kRight = 14, kTop = 12, kTall = 200, kBottom = 42;
  const double width = kDrawingWidth - kLeft - kRight, base = kTop + kTall;
  double most = 1e-12;
  for (const double c : h.columns) most = std::max(most, c);
  Canvas canvas{base + kBottom, h.title};
  const double rise = nice_step(most, 4);
  for (double v = 0; v <= most * 1.001; v += rise) {
    const double y = base - kTall * v / most;
    canvas.line(kLeft, y, kLeft + width, y, "grid");
    canvas.text(kLeft - 6, y + 4, tick_name(v, rise), "end", "tick");
  }
  const double wide = width / static_cast<double>(std::max<std::size_t>(1, h.columns.size()));
  const double bin = (h.high - h.low) / static_cast<double>(std::max<std::size_t>(1, h.columns.size()));
  for (std::size_t i = 0; i < h.columns.size(); ++i) {
    const double tall = kTall * h.columns[i] / most, from = h.low + bin * static_cast<double>(i);
    canvas.rect(kLeft + wide * static_cast<double>(i) + 0.5, base - tall, wide - 1, tall, "fill a",
                short_number(from) + " .. " + short_number(from + bin) + ": " + short_number(h.columns[i]));
  }
  const double run = nice_step(h.high - h.low, 5);
  for (double v = std::ceil(h.low / run) * run; v <= h.high; v += run) {
    const double x = kLeft + width * (v - h.low) / (h.high - h.low);
    canvas.line(x, base, x, base + 4, "axis");
    canvas.text(x, base + 17, tick_name(v, run), x + 20 > kDrawingWidth ? "end" : "middle", "tick");
  }
  canvas.line(kLeft, base, kLeft + width, base, "axis");
  canvas.text(kLeft + width / 2, base + 34, fitted(h.x, width), "middle");
  canvas.upright(13, kTop + kTall / 2, fitted(h.y, kTall));
  return canvas.take();
}

std::string draw(const std::string& title, const std::string& usual, const std::vector<Gauge>& gauges) {
  constexpr double kRow = 58, kSide = 10;
  Canvas canvas{kRow * static_cast<double>(gauges.size()) + 22, title};
  double y = 0;
  for (const auto& g : gauges) {
    const double width = kDrawingWidth - 2 * kSide, span = std::max(g.high - g.low, 1e-9);
    const auto px = [&](double v) { return kSide + width * std::clamp((v - g.low) / span, 0.0, 1.0); };
    canvas.text(kSide, y + 14, fitted(g.name, width - width_of(g.text) - 10));
    canvas.text(kDrawingWidth - kSide, y + 14, g.text, "end", "name");
    canvas.rect(px(g.usual_low), y + 20, px(g.usual_high) - px(g.usual_low), 16, "band");
    canvas.line(kSide, y + 36, kSide + width, y + 36, "axis");
    canvas.rect(px(g.value) - 2, y + 18, 4, 20, "fill a");
    canvas.text(kSide, y + 50, short_number(g.low), "start", "tick");
    canvas.text(kDrawingWidth - kSide, y + 50, short_number(g.high), "end", "tick");
    y += kRow;
  }
  canvas.rect(kSide, y + 4, 20, 11, "band");
  canvas.text(kSide + 26, y + 14, fitted(usual, kDrawingWidth - 50));
  return canvas.take();
}

}  // namespace pedigree::report::html
