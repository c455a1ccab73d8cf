// SPDX-License-Identifier: MIT
#include "framework/report/html/svg.hpp"

#include <algorithm>
#include <cmath>

#include "framework/report/html/markup.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

constexpr double kWidth = 640, kHeight = 280, kLeft = 56, kRight = 12, kTop = 12, kBottom = 40;

std::string open(double width, double height, const std::string& title) {
  return "<svg viewBox=\"0 0 " + at(width) + " " + at(height) + "\" role=\"img\" aria-label=\"" + escape(title) +
         "\"><title>" + escape(title) + "</title>";
}

std::string text(double x, double y, const std::string& words, const char* anchor = "start",
                 const char* css = "label") {
  return "<text x=\"" + at(x) + "\" y=\"" + at(y) + "\" text-anchor=\"" + anchor + "\" class=\"" + css + "\">" +
         escape(words) + "</text>";
}

std::string rect(double x, double y, double w, double h, const std::string& css) {
  return "<rect x=\"" + at(x) + "\" y=\"" + at(y) + "\" width=\"" + at(std::max(0.0, w)) + "\" height=\"" +
         at(std::max(0.0, h)) + "\" class=\"" + css + "\"/>";
}

std::string stroke(double x1, double y1, double x2, double y2, const char* css) {
  return "<line x1=\"" + at(x1) + "\" y1=\"" + at(y1) + "\" x2=\"" + at(x2) + "\" y2=\"" + at(y2) + "\" class=\"" +
         css + "\"/>";
}

std::string short_number(double value) {
  const double size = std::abs(value);
  if (size >= 1e6) return fixed(value / 1e6, size >= 1e7 ? 0 : 1) + "M";
  if (size >= 1e4) return fixed(value / 1e3, 0) + "k";
  return fixed(value, size >= 100 ? 0 : size >= 1 ? 1 : 2);
}

struct Range {
  double low = 1e300, high = -1e300;
  void take(double v) {
    low = std::min(low, v);
    high = std::max(high, v);
  }
  void settle() {
    if (low > high) low = 0, high = 1;
    if (high - low < 1e-12) high = low + 1;
  }
  double share(double v) const { return (v - low) / (high - low); }
};

class Plot {
 public:
  Plot(const Axes& axes, const std::vector<Series>& series) : axes_(axes) {
    for (const auto& s : series)
      for (const auto& p : s.points) {
        x_.take(scale(p.x));
        y_.take(p.y);
      }
    for (const auto& [value, name] : axes.marks) y_.take(value);
    if (axes.band_high > axes.band_low) {
      y_.take(axes.band_low);
      y_.take(axes.band_high);
    }
    x_.settle();
    y_.settle();
  }
  double px(double x) const { return kLeft + (kWidth - kLeft - kRight) * x_.share(scale(x)); }
  double py(double y) const { return kTop + (kHeight - kTop - kBottom) * (1 - y_.share(y)); }

  std::string frame() const {
    std::string out;
    for (int k = 0; k <= 4; ++k) {
      const double y = y_.low + (y_.high - y_.low) * k / 4, x = x_.low + (x_.high - x_.low) * k / 4;
      out += stroke(kLeft, py(y), kWidth - kRight, py(y), "grid") + text(kLeft - 6, py(y) + 4, short_number(y), "end");
      const double value = axes_.log_x ? std::pow(10.0, x) : x;
      out += text(kLeft + (kWidth - kLeft - kRight) * k / 4, kHeight - kBottom + 16, short_number(value), "middle");
    }
    return out + text((kLeft + kWidth) / 2, kHeight - 6, axes_.x, "middle") +
           "<text class=\"label\" text-anchor=\"middle\" transform=\"translate(12 " + at(kHeight / 2) +
           ") rotate(-90)\">" + escape(axes_.y) + "</text>";
  }

 private:
  double scale(double x) const { return axes_.log_x ? std::log10(std::max(x, 1.0)) : x; }
  const Axes& axes_;
  Range x_, y_;
};

}  // namespace

std::string chart(const Axes& axes, const std::vector<Series>& series) {
  const Plot plot{axes, series};
  std::string out = open(kWidth, kHeight, axes.title) + plot.frame();
  if (axes.band_high > axes.band_low)
    out += rect(kLeft, plot.py(axes.band_high), kWidth - kLeft - kRight,
                plot.py(axes.band_low) - plot.py(axes.band_high), "band");
  for (const auto& [value, name] : axes.marks)
    out += stroke(kLeft, plot.py(value), kWidth - kRight, plot.py(value), "mark") +
           text(kWidth - kRight - 4, plot.py(value) - 4, name, "end");
  double legend = kTop + 14;
  for (const auto& s : series) {
    if (s.line) {
      out += "<polyline class=\"line " + s.css + "\" points=\"";
      for (const auto& p : s.points) out += at(plot.px(p.x)) + "," + at(plot.py(p.y)) + " ";
      out += "\"/>";
    } else {
      for (const auto& p : s.points)
        out += "<circle class=\"dot " + s.css + "\" cx=\"" + at(plot.px(p.x)) + "\" cy=\"" + at(plot.py(p.y)) +
               "\" r=\"2\"/>";
    }
    if (!s.name.empty() && series.size() > 1) {
      out += rect(kWidth - 176, legend - 9, 10, 10, "fill " + s.css) + text(kWidth - 162, legend, s.name);
      legend += 16;
    }
  }
  return out + "</svg>";
}

std::string heat_map(const std::string& title, const std::vector<std::string>& rows,
                     const std::vector<std::string>& columns, const std::vector<std::vector<double>>& values) {
  const double cell_w = std::min(72.0, 560.0 / static_cast<double>(std::max<std::size_t>(1, columns.size())));
  const double cell_h = rows.size() > 40 ? 8 : 18, left = 72, top = 20;
  std::string out = open(left + cell_w * static_cast<double>(columns.size()) + 8,
                         top + cell_h * static_cast<double>(rows.size()) + 8, title);
  for (std::size_t c = 0; c < columns.size(); ++c)
    out += text(left + cell_w * (static_cast<double>(c) + 0.5), 14, columns[c], "middle");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const double y = top + cell_h * static_cast<double>(r);
    if (cell_h > 10 || r % 8 == 0) out += text(left - 6, y + cell_h - 4, rows[r], "end");
    for (std::size_t c = 0; c < columns.size() && c < values[r].size(); ++c) {
      const double v = values[r][c];
      // Eleven steps of one hue; the number is written too, so that colour is never alone.
      const std::string css =
          v < 0 ? "empty" : "heat h" + std::to_string(static_cast<int>(std::round(std::clamp(v, 0.0, 1.0) * 10)));
      out += rect(left + cell_w * static_cast<double>(c), y, cell_w - 1, cell_h - 1, css);
      if (v >= 0 && cell_h > 10 && cell_w > 26)
        out += text(left + cell_w * (static_cast<double>(c) + 0.5), y + cell_h - 5, fixed(v, 2), "middle",
                    v > 0.55 ? "on" : "label");
    }
  }
  return out + "</svg>";
}

std::string waterfall(const std::string& title, const std::vector<std::pair<std::string, double>>& steps) {
  Range range;
  range.take(0);
  double sum = 0;
  for (const auto& [name, add] : steps) range.take(sum += add);
  range.settle();
  const double height = 22 * static_cast<double>(steps.size() + 1) + 12, left = 250, width = kWidth;
  const auto px = [&](double v) { return left + (width - left - 70) * range.share(v); };
  std::string out = open(width, height, title) + stroke(px(0), 0, px(0), height, "mark");
  sum = 0;
  double y = 6;
  for (const auto& [name, add] : steps) {
    out += text(left - 8, y + 13, name.size() > 40 ? name.substr(0, 39) + "~" : name, "end");
    out += rect(std::min(px(sum), px(sum + add)), y, std::abs(px(sum + add) - px(sum)), 16,
                add >= 0 ? "fill bad" : "fill good");
    sum += add;
    out += text(std::max(px(sum), px(sum - add)) + 6, y + 13, (add >= 0 ? "+" : "") + fixed(add, 2));
    y += 22;
  }
  out += text(left - 8, y + 13, "=", "end") +
         rect(std::min(px(0), px(sum)), y, std::abs(px(sum) - px(0)), 16, "fill total") +
         text(std::max(px(0), px(sum)) + 6, y + 13, fixed(sum, 2));
  return out + "</svg>";
}

std::string venn(const std::string& title, const std::string& left, const std::string& right, double only_left,
                 double both, double only_right) {
  const double total = std::max(1.0, only_left + both + only_right), bar = kWidth - 20;
  const double a = bar * only_left / total, b = bar * both / total, c = bar * only_right / total;
  std::string out = open(kWidth, 86, title);
  out += rect(10, 30, a, 24, "fill a") + rect(10 + a, 30, b, 24, "fill total") + rect(10 + a + b, 30, c, 24, "fill b");
  out += text(10, 22, left) + text(kWidth - 10, 22, right, "end");
  out += text(10, 72, thousands(only_left)) + text(10 + a + b / 2, 72, thousands(both), "middle") +
         text(kWidth - 10, 72, thousands(only_right), "end");
  return out + "</svg>";
}

std::string bars(const std::string& title, const std::vector<std::pair<std::string, double>>& values) {
  double most = 1e-12;
  for (const auto& [name, value] : values) most = std::max(most, std::abs(value));
  const double left = 170;
  std::string out = open(kWidth, 22 * static_cast<double>(values.size()) + 8, title);
  double y = 4;
  for (const auto& [name, value] : values) {
    out += text(left - 8, y + 13, name, "end") +
           rect(left, y, (kWidth - left - 90) * std::abs(value) / most, 16, "fill a");
    out += text(left + (kWidth - left - 90) * std::abs(value) / most + 6, y + 13, short_number(value));
    y += 22;
  }
  return out + "</svg>";
}

}  // namespace pedigree::report::html
