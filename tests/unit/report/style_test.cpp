// SPDX-License-Identifier: MIT
// The colours of page.css against WCAG 2.2: 4.5 for text (1.4.3), 3 for what carries meaning without text (1.4.11).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

#include "framework/report/html/assets.hpp"

namespace pedigree::report {
namespace {

using Colours = std::map<std::string, std::string>;

Colours colours_of(const std::string& rules) {
  Colours found;
  static const std::regex kVariable{"--([a-z0-9]+): (#[0-9a-f]{6});"};
  for (std::sregex_iterator v{rules.begin(), rules.end(), kVariable}, end; v != end; ++v) found[(*v)[1]] = (*v)[2];
  return found;
}

/// Relative luminance, WCAG 2.2 glossary.
double luminance(const std::string& hex) {
  const auto channel = [&](std::size_t at) {
    const double c = std::stoi(hex.substr(at, 2), nullptr, 16) / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

double contrast(const std::string& a, const std::string& b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

TEST(Style, contrast_is_computed_right) {
  EXPECT_NEAR(contrast("#000000", "#ffffff"), 21, 1e-9);     // the glossary's own example
  EXPECT_NEAR(contrast("#777777", "#ffffff"), 4.48, 0.005);  // the well-known grey that just fails
}

TEST(Style, every_text_and_mark_has_enough_contrast_in_both_schemes) {
  const std::string style{html::style_sheet()};
  const auto dark_at = style.find("prefers-color-scheme: dark");
  ASSERT_NE(dark_at, std::string::npos);
  const auto light = colours_of(style.substr(0, dark_at));
  auto dark = light;
  for (const auto& [name, colour] : colours_of(style.substr(dark_at))) dark[name] = colour;
  EXPECT_NE(light, dark);
  for (const auto& scheme : {light, dark}) {
    for (const char* ground : {"bg", "card"}) {
      for (const char* text : {"fg", "soft", "good", "open", "bad", "a"})
        EXPECT_GE(contrast(scheme.at(text), scheme.at(ground)), 4.5) << text << " on " << ground;
      for (const char* mark : {"a", "b", "c", "edge", "good", "bad", "open"})
        EXPECT_GE(contrast(scheme.at(mark), scheme.at(ground)), 3) << mark << " on " << ground;
    }
    // Dots and lines stay visible inside a null band, numbers inside their cells.
    for (const char* mark : {"a", "b", "c"}) EXPECT_GE(contrast(scheme.at(mark), scheme.at("band")), 3) << mark;
    for (int k = 0; k <= 10; ++k)
      EXPECT_GE(contrast(scheme.at("x" + std::to_string(k)), scheme.at("h" + std::to_string(k))), 4.5) << k;
  }
}

}  // namespace
}  // namespace pedigree::report
