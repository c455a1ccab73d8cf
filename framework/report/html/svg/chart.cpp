// SPDX-License-Identifier: MIT
#include "framework/report/html/svg/chart.hpp"

#include <algorithm>
#include <cmath>

#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/html/svg/ticks.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

constexpr double kLeft = 70, kRight = 14, kTop = 12, kBottom = 42, kPlot = 200, kEntry = 17;
constexpr double kMost = 1e15;

double tame(double v) { return std::isfinite(v) ? std::clamp(v, -kMost, kMost) : 0; }

/// One axis: from values to shares of its length.
class Ruler {
 public:
  Ruler(const Axis& axis, bool padded) : axis_(axis), padded_(padded) {}
  void take(double value) {
    const double v = scaled(value);
    low_ = std::min(low_, v);
    high_ = std::max(high_, v);
  }
  void settle() {
    if (low_ > high_) low_ = 0, high_ = 1;
    if (axis_.low) low_ = std::min(low_, scaled(*axis_.low));
    if (axis_.high) high_ = std::max(high_, scaled(*axis_.high));
    if (high_ - low_ < 1e-9 * std::max(1.0, std::abs(high_))) {  // one value: it stands in the middle
      low_ -= 0.5;
      high_ += 0.5;
    }
    const double margin = padded_ ? 0.04 * (high_ - low_) : 0;
    if (!axis_.low) low_ -= margin;
    if (!axis_.high) high_ += margin;
  }
  double share(double value) const { return std::clamp((scaled(value) - low_) / (high_ - low_), -0.05, 1.05); }

  std::vector<std::pair<double, std::string>> ticks(int wanted) const {
    std::vector<std::pair<double, std::string>> out;
    if (axis_.scale == Scale::logarithmic) {
      const double every = std::max(1.0, std::ceil((high_ - low_) / 6));
      for (double p = std::ceil(low_); p <= high_ + 1e-9 && out.size() < 20; p += every)
        out.emplace_back(std::pow(10.0, p), short_number(std::pow(10.0, p)));
      return out;
    }
    double step = nice_step(high_ - low_, wanted);
    if (axis_.scale == Scale::whole) step = std::max(1.0, step);
    if (axis_.scale == Scale::months)
      for (const double months : {1.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0})
        if ((step = months) * wanted >= high_ - low_) break;
    for (double v = std::ceil(low_ / step - 1e-9) * step; v <= high_ + step * 1e-6 && out.size() < 20; v += step)
      out.emplace_back(v, axis_.scale == Scale::months ? month_name(v) : tick_name(v, step));
    return out;
  }

 private:
  double scaled(double v) const {
    v = tame(v);
    return axis_.scale == Scale::logarithmic ? std::log10(std::max(v, 1e-9)) : v;
  }
  const Axis& axis_;
  bool padded_;
  double low_ = 1e300, high_ = -1e300;
};

class Plot {
 public:
  explicit Plot(const Chart& chart)
      : chart_(chart),
        x_(chart.x, padded(chart)),
        y_(chart.y, true),
        height_(chart.square ? kDrawingWidth - kLeft - kRight : kPlot),
        canvas_(kTop + height_ + kBottom + kEntry * static_cast<double>(entries()) + 2, chart.title) {
    measure();
  }

  std::string draw() {
    for (const auto& band : chart_.bands) shade(band);
    axes();
    for (const auto& s : chart_.series) s.drawn == Drawn::line ? stroke(s) : scatter(s);
    marks();
    legend();
    return canvas_.take();
  }

 private:
  /// Dots at the ends of an axis would be cut in half; lines end there rightly.
  static bool padded(const Chart& chart) {
    return chart.square || std::all_of(chart.series.begin(), chart.series.end(),
                                       [](const Series& s) { return s.drawn != Drawn::line; });
  }
  std::size_t entries() const {
    std::size_t named = 0;
    for (const auto& s : chart_.series) named += s.name.empty() ? 0 : 1;
    for (const auto& b : chart_.bands) named += b.name.empty() ? 0 : 1;
    for (const auto& m : chart_.marks) named += m.vertical ? 1 : 0;
    return named;
  }

  void measure() {
    for (const auto& s : chart_.series)
      for (const auto& p : s.points) x_.take(p.x), y_.take(p.y);
    for (const auto& mark : chart_.marks) (mark.vertical ? x_ : y_).take(mark.value);
    for (const auto& band : chart_.bands) {
      for (const auto& e : band.edges) x_.take(e.x), y_.take(e.low), y_.take(e.high);
      if (band.edges.empty()) (band.vertical ? x_ : y_).take(band.low), (band.vertical ? x_ : y_).take(band.high);
    }
    x_.settle();
    y_.settle();
  }

  double width() const { return kDrawingWidth - kLeft - kRight; }
  double px(double x) const { return kLeft + width() * x_.share(x); }
  double py(double y) const { return kTop + height_ * (1 - y_.share(y)); }

  void axes() {
    for (const auto& [value, name] : y_.ticks(5)) {
      canvas_.line(kLeft, py(value), kLeft + width(), py(value), "grid");
      canvas_.text(kLeft - 6, py(value) + 4, name, "end", "tick");
    }
    double free_from = 0;
    for (const auto& [value, name] : x_.ticks(chart_.x.scale == Scale::months ? 4 : 6)) {
      const double x = px(value), half = width_of(name) / 2;
      canvas_.line(x, kTop + height_, x, kTop + height_ + 4, "axis");
      const double from = std::min(x, kDrawingWidth - half - 1) - half;
      if (from < free_from) continue;  // no name over another
      canvas_.text(from + half, kTop + height_ + 17, name, "middle", "tick");
      free_from = from + 2 * half + 4;
    }
    canvas_.line(kLeft, kTop + height_, kLeft + width(), kTop + height_, "axis");
    canvas_.text(kLeft + width() / 2, kTop + height_ + 34, fitted(chart_.x.label, width()), "middle");
    canvas_.upright(13, kTop + height_ / 2, fitted(chart_.y.label, height_), "");
  }

  void shade(const Band& band) {
    if (band.edges.empty()) {
      const double a = band.vertical ? px(band.low) : py(band.high), b = band.vertical ? px(band.high) : py(band.low);
      const double thick = std::max(2.0, b - a);  // a narrow band stays visible
      if (band.vertical)
        canvas_.rect(a, kTop, thick, height_, "band");
      else
        canvas_.rect(kLeft, a, width(), thick, "band");
      return;
    }
    std::string d;
    for (const auto& e : band.edges) d += (d.empty() ? "M" : "L") + at(px(e.x)) + " " + at(py(e.high));
    for (auto e = band.edges.rbegin(); e != band.edges.rend(); ++e) d += "L" + at(px(e->x)) + " " + at(py(e->low));
    canvas_.path(d + "Z", "band");
  }

  void stroke(const Series& s) {
    std::string d;
    for (const auto& p : s.points) d += (d.empty() ? "M" : "L") + at(px(p.x)) + " " + at(py(p.y));
    if (!d.empty()) canvas_.path(d, "line " + s.css);
  }

  /// All dots as one path of the shortest strokes: a round or square pen leaves its shape. Not strokes without
  /// length: PDF paints none of them with a square pen (ISO 32000-1, 8.5.3.2), and paper lost half of the dots.
  void scatter(const Series& s) {
    std::string d;
    for (const auto& p : s.points) d += "M" + at(px(p.x)) + " " + at(py(p.y)) + "h.1";
    if (!d.empty()) canvas_.path(d, "dots " + s.css + (s.drawn == Drawn::many_dots ? " many" : ""));
  }

  void marks() {
    std::vector<Mark> across;
    for (const auto& mark : chart_.marks) {
      if (!mark.vertical) {
        across.push_back(mark);
        continue;
      }
      canvas_.line(px(mark.value), kTop, px(mark.value), kTop + height_, "mark-line");
    }
    std::sort(across.begin(), across.end(), [](const Mark& a, const Mark& b) { return a.value > b.value; });
    double free_from = 0;
    for (const auto& mark : across) {
      canvas_.line(kLeft, py(mark.value), kLeft + width(), py(mark.value), "mark-line");
      const double above = py(mark.value) - 5, wanted = above < kTop + 11 ? py(mark.value) + 15 : above;
      const double y = std::max(wanted, free_from);
      canvas_.text(kLeft + width() - 4, y, fitted(mark.name, width() - 8), "end", "over");
      free_from = y + 14;
    }
  }

  void legend() {
    double y = kTop + height_ + kBottom + 10;
    const auto entry = [&](const std::string& name) {
      canvas_.text(kLeft + 26, y, fitted(name, width() - 28));
      y += kEntry;
    };
    for (const auto& s : chart_.series) {
      if (s.name.empty()) continue;
      if (s.drawn == Drawn::line)
        canvas_.path("M" + at(kLeft) + " " + at(y - 4) + "h20", "line " + s.css);
      else
        canvas_.path("M" + at(kLeft + 10) + " " + at(y - 4) + "h.1", "dots " + s.css);
      entry(s.name);
    }
    for (const auto& band : chart_.bands) {
      if (band.name.empty()) continue;
      canvas_.rect(kLeft, y - 9, 20, 11, "band");
      entry(band.name);
    }
    for (const auto& mark : chart_.marks) {
      if (!mark.vertical) continue;
      canvas_.line(kLeft, y - 4, kLeft + 20, y - 4, "mark-line");
      entry(mark.name);
    }
  }

  const Chart& chart_;
  Ruler x_, y_;
  double height_;
  Canvas canvas_;
};

}  // namespace

std::string draw(const Chart& chart) { return Plot{chart}.draw(); }

std::string month_name(double months_since_2000) {
  const int m = static_cast<int>(std::clamp(std::floor(months_since_2000 + 0.5), -12000.0, 12000.0));
  const int year = 2000 + (m >= 0 ? m / 12 : -((-m + 11) / 12)), month = m - (year - 2000) * 12 + 1;
  return std::to_string(year) + (month < 10 ? "-0" : "-") + std::to_string(month);
}

}  // namespace pedigree::report::html
