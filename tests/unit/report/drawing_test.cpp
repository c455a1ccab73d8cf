// SPDX-License-Identifier: MIT
// The pieces that drawings are made of, against values worked out by hand.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <regex>
#include <string>
#include <vector>

#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/html/svg/chart.hpp"
#include "framework/report/html/svg/shapes.hpp"
#include "framework/report/html/svg/ticks.hpp"
#include "framework/report/html/svg/tree.hpp"

namespace pedigree::report::html {
namespace {

TEST(Drawing, coordinates_are_short_and_never_broken) {
  EXPECT_EQ(at(12.0), "12");
  EXPECT_EQ(at(12.34), "12.3");
  EXPECT_EQ(at(std::nan("")), "0");
  EXPECT_EQ(at(HUGE_VAL), "0");
}

TEST(Drawing, ticks_are_round) {
  EXPECT_DOUBLE_EQ(nice_step(1.0, 5), 0.2);
  EXPECT_DOUBLE_EQ(nice_step(97, 5), 20);
  EXPECT_DOUBLE_EQ(nice_step(0, 5), 1);
  EXPECT_EQ(tick_name(0.5, 0.25), "0.5");
  EXPECT_EQ(tick_name(-1e-17, 0.5), "0");
  EXPECT_EQ(tick_name(20000, 5000), "20k");
}

TEST(Drawing, months_have_names) {
  EXPECT_EQ(month_name(0), "2000-01");
  EXPECT_EQ(month_name(290), "2024-03");  // 24 * 12 + 2
  EXPECT_EQ(month_name(-1), "1999-12");
}

TEST(Drawing, numbers_of_axes_are_short) {
  EXPECT_EQ(short_number(12'300'000), "12.3M");
  EXPECT_EQ(short_number(100'000), "100k");
  EXPECT_EQ(short_number(0.25), "0.25");
}

/// Middle and radius of the circles of a drawing, in order.
std::vector<std::array<double, 2>> circles_of(const std::string& svg) {
  std::vector<std::array<double, 2>> found;
  static const std::regex kCircle{"<circle cx=\"([-0-9.]+)\" cy=\"[-0-9.]+\" r=\"([0-9.]+)\""};
  for (std::sregex_iterator c{svg.begin(), svg.end(), kCircle}, end; c != end; ++c)
    found.push_back({std::stod((*c)[1]), std::stod((*c)[2])});
  return found;
}

TEST(Drawing, circles_of_a_venn_have_the_areas_of_their_sets) {
  // 3000 and 1000 tokens: areas 3 to 1, radii sqrt(3) to 1. Nothing shared: they only touch.
  const auto apart = circles_of(draw(Venn{"", "", "", "", 3000, 0, 1000}));
  EXPECT_NEAR(apart[0][1] / apart[1][1], std::sqrt(3.0), 0.01);
  EXPECT_NEAR(apart[1][0] - apart[0][0], apart[0][1] + apart[1][1], 0.3);
  // All of the smaller inside the larger: it touches from within.
  const auto inside = circles_of(draw(Venn{"", "", "", "", 2000, 1000, 0}));
  EXPECT_NEAR(inside[1][0] - inside[0][0], inside[0][1] - inside[1][1], 0.3);
  // Two equal circles that share half their area stand 0.8079 radii apart (d with lens = pi/2 for r = 1).
  const auto half = circles_of(draw(Venn{"", "", "", "", 500, 500, 500}));
  EXPECT_NEAR((half[1][0] - half[0][0]) / half[0][1], 0.8079, 0.01);
}

TEST(Drawing, a_tree_is_read_with_quotes_lengths_and_support) {
  const auto tree = read_newick("((A:0.1,'it''s (B)':0.2)87:0.05,C:-0.3);");
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->leaves(), 3u);
  EXPECT_EQ(tree->nodes[1].name, "87");
  EXPECT_EQ(tree->nodes[3].name, "it's (B)");
  EXPECT_DOUBLE_EQ(tree->nodes[2].length, 0.1);
  EXPECT_DOUBLE_EQ(tree->nodes[4].length, 0) << "a drawing has no negative lengths";
}

TEST(Drawing, what_is_no_tree_is_refused) {
  for (const char* bad : {"", ";", "A;", "(A,B)", "((A,B);", "(A,B));", ")(;", "(A,B)(C);", "('A"})
    EXPECT_FALSE(read_newick(bad)) << bad;
  EXPECT_FALSE(read_newick(std::string(100'000, '(') + ";"));
  EXPECT_FALSE(read_newick("(" + std::string(5'000, ',') + ");"));
}

TEST(Drawing, a_label_is_cut_so_that_it_stays_inside) {
  const std::string name(300, 'x');
  Waterfall waterfall{"", "against", "towards", "total", {{name, 1.0}}};
  EXPECT_EQ(draw(waterfall).find(name), std::string::npos);
}

}  // namespace
}  // namespace pedigree::report::html
