// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/html/svg/shapes.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

constexpr double kLeft = 74, kTop = 36, kRight = 6;

int step_of(double share) { return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * 10)); }

void legend(Canvas& canvas, const HeatMap& map, double y) {
  canvas.text(kLeft, y + 11, "0", "end", "tick");
  for (int k = 0; k <= 10; ++k) canvas.rect(kLeft + 6 + 14.0 * k, y, 14, 14, "f" + std::to_string(k));
  canvas.text(kLeft + 6 + 14 * 11 + 5, y + 11, "1", "start", "tick");
  canvas.rect(kLeft + 196, y, 14, 14, "empty");
  canvas.text(kLeft + 215, y + 11, fitted(map.unmeasured, kDrawingWidth - kLeft - 220), "start", "tick");
}

}  // namespace

std::string draw(const HeatMap& map) {
  const std::size_t columns = std::max<std::size_t>(1, map.columns.size());
  const double wide = std::min(72.0, (kDrawingWidth - kLeft - kRight) / static_cast<double>(columns));
  const bool dense = map.rows.size() > 48;
  const double tall = dense ? 9 : 20;
  const double bottom = kTop + tall * static_cast<double>(map.rows.size());
  Canvas canvas{bottom + 30, map.title};
  canvas.text(kLeft - 8, 14, fitted(map.row_title, kLeft - 10), "end", "tick");
  for (std::size_t c = 0; c < map.columns.size(); ++c) {
    // Two heights in turn where neighbours would touch.
    const double x = kLeft + wide * (static_cast<double>(c) + 0.5);
    const bool crowded = width_of(map.columns[c]) > wide - 2;
    canvas.text(x, crowded && c % 2 == 0 ? 14 : 29, fitted(map.columns[c], crowded ? 2 * wide - 4 : wide), "middle",
                "tick");
  }
  for (std::size_t r = 0; r < map.rows.size(); ++r) {
    const double y = kTop + tall * static_cast<double>(r);
    if (!dense || r % 4 == 0) canvas.text(kLeft - 8, y + (dense ? 8 : 14), map.rows[r], "end", "tick");
    for (std::size_t c = 0; c < map.columns.size() && c < map.values[r].size(); ++c) {
      const double v = map.values[r][c], x = kLeft + wide * static_cast<double>(c);
      const auto tip = map.rows[r] + ", " + map.columns[c] + ": " + (v < 0 ? map.unmeasured : fixed(v, 3));
      canvas.rect(x, y, wide - 1, tall - 1, v < 0 ? "empty" : "f" + std::to_string(step_of(v)), tip);
      if (v >= 0 && !dense && wide >= 30)
        canvas.text(x + wide / 2, y + 14, fixed(v, 2), "middle", ("cell x" + std::to_string(step_of(v))).c_str());
    }
  }
  legend(canvas, map, bottom + 10);
  return canvas.take();
}

}  // namespace pedigree::report::html
