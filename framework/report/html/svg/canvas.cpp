// SPDX-License-Identifier: MIT
#include "framework/report/html/svg/canvas.hpp"

#include <algorithm>
#include <cmath>

#include "framework/report/html/markup.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"

namespace pedigree::report::html {
namespace {

constexpr double kLetter = 7.5;  // mean advance of sans-serif at 13.5 units, the size on a phone and on paper

std::string attribute(const char* name, std::string_view value) {
  return value.empty() ? std::string{} : std::string{" "} + name + "=\"" + std::string{value} + "\"";
}

}  // namespace

std::string at(double value) {
  if (!std::isfinite(value)) return "0";
  std::string text = fixed(std::clamp(value, -1e6, 1e6), 1);
  if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

double width_of(std::string_view words) { return kLetter * display_width(words); }

std::string fitted(std::string_view words, double room) {
  return clip(harmless(words), std::max(2, static_cast<int>(room / kLetter)), true);
}

std::string short_number(double value) {
  const double size = std::abs(value);
  const auto scaled = [&](double by, const char* unit) {
    const double v = value / by;
    return fixed(v, std::abs(v) >= 100 || v == std::round(v) ? 0 : 1) + unit;
  };
  if (size >= 1e12) return scaled(1e12, "T");
  if (size >= 1e9) return scaled(1e9, "B");
  if (size >= 1e6) return scaled(1e6, "M");
  if (size >= 1e4) return scaled(1e3, "k");
  if (value == std::round(value)) return fixed(value, 0);
  return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

Canvas::Canvas(double height, std::string_view title, double width) {
  out_ = "<svg viewBox=\"0 0 " + at(width) + " " + at(height) + "\" role=\"img\" aria-label=\"" + escape(title) + "\">";
}

void Canvas::text(double x, double y, std::string_view words, const char* anchor, const char* css) {
  out_ += "<text x=\"" + at(x) + "\" y=\"" + at(y) + "\"";
  if (std::string_view{anchor} != "start") out_ += attribute("text-anchor", anchor);
  out_ += attribute("class", css) + ">" + escape(words) + "</text>";
}

void Canvas::upright(double x, double y, std::string_view words, const char* css) {
  out_ += "<text text-anchor=\"middle\" transform=\"translate(" + at(x) + " " + at(y) + ") rotate(-90)\"" +
          attribute("class", css) + ">" + escape(words) + "</text>";
}

void Canvas::rect(double x, double y, double width, double height, std::string_view css, std::string_view tip) {
  out_ += "<rect x=\"" + at(x) + "\" y=\"" + at(y) + "\" width=\"" + at(std::max(0.0, width)) + "\" height=\"" +
          at(std::max(0.0, height)) + "\"" + attribute("class", css);
  out_ += tip.empty() ? "/>" : "><title>" + escape(tip) + "</title></rect>";
}

void Canvas::line(double x1, double y1, double x2, double y2, const char* css) {
  out_ += "<line x1=\"" + at(x1) + "\" y1=\"" + at(y1) + "\" x2=\"" + at(x2) + "\" y2=\"" + at(y2) + "\"" +
          attribute("class", css) + "/>";
}

void Canvas::circle(double x, double y, double radius, const char* css) {
  out_ += "<circle cx=\"" + at(x) + "\" cy=\"" + at(y) + "\" r=\"" + at(radius) + "\"" + attribute("class", css) + "/>";
}

void Canvas::path(std::string_view commands, std::string_view css) {
  out_ += "<path d=\"" + std::string{commands} + "\"" + attribute("class", css) + "/>";
}

std::string Canvas::take() { return std::move(out_) + "</svg>"; }

}  // namespace pedigree::report::html
