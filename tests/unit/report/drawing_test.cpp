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

/// The texts of a drawing with the place of their middle-height start and end, for letters of 7.5 by 10.
struct Words {
  double left, right, base;
  std::string text;
};
std::vector<Words> words_of(const std::string& svg) {
  static const std::regex text{"<text x=\"([-0-9.]+)\" y=\"([-0-9.]+)\"( text-anchor=\"end\")?[^>]*>([^<]*)</text>"};
  std::vector<Words> found;
  for (std::sregex_iterator at{svg.begin(), svg.end(), text}, end; at != end; ++at) {
    const double x = std::stod((*at)[1]), wide = 7.5 * static_cast<double>((*at)[4].length());
    found.push_back({(*at)[3].matched ? x - wide : x, (*at)[3].matched ? x : x + wide, std::stod((*at)[2]), (*at)[4]});
  }
  return found;
}

TEST(Drawing, support_at_forks_that_lie_close_together_does_not_overlap) {
  // A ladder of forks a hundredth apart: their places differ by less than a letter.
  std::string newick = "(a:9,b:1)100:0.01";
  for (int i = 0; i < 12; ++i)
    newick = "(" + newick + ",n" + std::to_string(i) + ":1)" + std::to_string(80 + i) + ":0.01";
  const auto tree = read_newick(newick + ";");
  ASSERT_TRUE(tree);
  const auto words = words_of(draw("t", *tree, "a", "distance"));
  int support = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    support += words[i].text.find_first_not_of("0123456789") == std::string::npos ? 1 : 0;
    for (std::size_t k = i + 1; k < words.size(); ++k)
      EXPECT_FALSE(words[i].left < words[k].right && words[k].left < words[i].right &&
                   std::abs(words[i].base - words[k].base) < 10)
          << words[i].text << " over " << words[k].text;
  }
  EXPECT_GE(support, 6) << "what fits is still written";
}

TEST(Drawing, the_bar_of_a_tree_has_a_round_length_and_a_name) {
  // 2.38 deep: a third is about 0.8, the round step below it 0.5 or 1.
  const auto svg = draw("t", *read_newick("(a:2.38,b:1);"), "a", "distance");
  EXPECT_TRUE(std::regex_search(svg, std::regex{">distance (0\\.5|1|1\\.0)</text>"})) << svg;
}

TEST(Drawing, a_square_pen_never_draws_a_stroke_without_length) {
  // ISO 32000-1, 8.5.3.2: such a stroke paints nothing, so that half of the dots would be missing on paper.
  Chart chart{"t", {"x"}, {"y"}, {{"one", "a", Drawn::dots, {{1, 1}, {2, 2}}}, {"two", "b", Drawn::dots, {{1, 2}}}}};
  const auto svg = draw(chart);
  EXPECT_FALSE(std::regex_search(svg, std::regex{"h0[M\"]"})) << svg;
  EXPECT_NE(svg.find("class=\"dots b\""), std::string::npos);
}

TEST(Drawing, the_line_of_even_odds_crosses_no_name) {
  const auto svg =
      draw(Waterfall{"t",
                     "against",
                     "towards",
                     "total",
                     {{"a name that is long enough to reach it", -1.0}, {"another one that is just as long", 2.0}}});
  static const std::regex line{
      "<line x1=\"[-0-9.]+\" y1=\"([-0-9.]+)\" x2=\"[-0-9.]+\" y2=\"([-0-9.]+)\" class=\"mark-line\""};
  int lines = 0;
  for (std::sregex_iterator at{svg.begin(), svg.end(), line}, end; at != end; ++at, ++lines)
    for (const auto& words : words_of(svg))
      if (words.text.size() > 6) {  // numbers stand beside their bar, with a halo
        EXPECT_FALSE(std::stod((*at)[1]) < words.base && std::stod((*at)[2]) > words.base - 10) << words.text;
      }
  EXPECT_EQ(lines, 3);
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
