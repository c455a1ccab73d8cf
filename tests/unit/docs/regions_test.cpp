// SPDX-License-Identifier: MIT
#include "framework/docs/regions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace pedigree::docs {
namespace {

using ::testing::ElementsAre;

std::string filled(const std::string& page) {
  Diagnostics problems;
  const auto regions = find_regions(page, "p.md", problems);
  EXPECT_TRUE(problems.empty()) << to_text(problems, false);
  return replace_regions(page, regions, [](const std::string& name) {
    return name == "rows" ? Fact{"| a |\n| - |", true} : Fact{"<" + name + ">", false};
  });
}

std::vector<std::string> problems_of(const std::string& page) {
  Diagnostics problems;
  (void)find_regions(page, "p.md", problems);
  std::vector<std::string> found;
  for (const auto& p : problems) found.push_back(p.code + ":" + std::to_string(p.line));
  return found;
}

TEST(Regions, only_what_stands_between_markers_changes) {
  const std::string before = "\xEF\xBB\xBF# Title\r\n\r\n  text <!-- a note --> \t\n";
  const std::string after = "\n\n<!-- pedigree is fine here -->\nlast line without end";
  EXPECT_EQ(filled(before + "n = <!-- pedigree:begin n -->old<!-- pedigree:end n -->." + after),
            before + "n = <!-- pedigree:begin n --><n><!-- pedigree:end n -->." + after);
}

TEST(Regions, a_block_has_lines_of_its_own) {
  EXPECT_EQ(filled("<!-- pedigree:begin rows -->\nold\nolder\n<!-- pedigree:end rows -->\n"),
            "<!-- pedigree:begin rows -->\n| a |\n| - |\n<!-- pedigree:end rows -->\n");
  EXPECT_EQ(filled("<!-- pedigree:begin x -->\n<!-- pedigree:end x -->"),
            "<!-- pedigree:begin x -->\n<x>\n<!-- pedigree:end x -->");
}

TEST(Regions, filling_twice_changes_nothing) {
  for (const std::string page :
       {"a <!--pedigree:begin x-->1<!-- pedigree:end x --> b", "<!-- pedigree:begin rows --><!-- pedigree:end rows -->",
        "<!-- pedigree:begin x -->\r\nold\r\n<!-- pedigree:end x -->\r\n"}) {
    const auto once = filled(page);
    EXPECT_EQ(filled(once), once);
  }
}

TEST(Regions, a_page_with_windows_line_ends_keeps_them) {
  const std::string page = "# T\r\n<!-- pedigree:begin rows -->\r\nold\r\n<!-- pedigree:end rows -->\r\nend";
  const std::string wanted =
      "# T\r\n<!-- pedigree:begin rows -->\r\n| a |\r\n| - |\r\n<!-- pedigree:end rows -->\r\nend";
  EXPECT_EQ(filled(page), wanted) << "what is not stale must not look so after a checkout on Windows";
  EXPECT_EQ(filled(wanted), wanted);
}

TEST(Regions, a_marker_shown_as_code_is_none) {
  const std::string marker = "<!-- pedigree:begin x -->", end = "<!-- pedigree:end x -->";
  const std::string real = marker + "old" + end, made = marker + "<x>" + end;
  for (const std::string& code : {"```\n" + marker + "\n```\n", "~~~~ html\n" + end + "\n~~~\n" + marker + "\n~~~~~\n",
                                 "   ```md\n" + real + "\n```` \n", "Write `" + marker + "` and `" + end + "`.\n",
                                 "```\r\n" + real + "\r\n```\r\n"})
    EXPECT_EQ(filled(code + real), code + made);
  // No fence: too short, too deep, or with a backquote behind it.
  for (const std::string text : {"``\n", "    ```\n", "``` a`b\n"}) EXPECT_EQ(filled(text + real), text + made);
  // A fence that never ends hides all markers behind it; the page then lacks them, which is told elsewhere.
  EXPECT_EQ(filled("```\n" + real), "```\n" + real);
}

TEST(Regions, a_fence_between_markers_hides_nothing) {
  EXPECT_EQ(
      filled("<!-- pedigree:begin x -->\n```\nhalf a block\n<!-- pedigree:end x -->\n<!-- pedigree:begin y -->1<!-- "
             "pedigree:end y -->"),
      "<!-- pedigree:begin x -->\n<x>\n<!-- pedigree:end x -->\n<!-- pedigree:begin y --><y><!-- pedigree:end y -->");
}

TEST(Regions, sixteen_megabytes_of_openings_are_read_at_once) {
  // Each of these was looked at to the end of the page: hours.
  for (const std::string piece : {"<!--", "<!-- pedigree:", "<!-- pedigree:begin "}) {
    std::string page;
    while (page.size() < (std::size_t{16} << 20)) page += piece;
    for (const char* close : {"", "-->"}) {
      const auto start = std::chrono::steady_clock::now();
      Diagnostics problems;
      (void)find_regions(page + close, "p.md", problems);
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{5}) << piece << close;
      EXPECT_LE(problems.size(), 100u);
      for (const auto& p : problems) EXPECT_LE(p.excerpt.size(), 500u);
    }
  }
}

TEST(Regions, order_and_nesting_that_make_no_sense_are_told) {
  const auto begin = [](const std::string& n) { return "<!-- pedigree:begin " + n + " -->\n"; };
  const auto end = [](const std::string& n) { return "<!-- pedigree:end " + n + " -->\n"; };
  EXPECT_THAT(problems_of(end("x") + begin("x")), ElementsAre("PED-D001:1", "PED-D001:2"));
  EXPECT_FALSE(problems_of(begin("x") + begin("y") + end("y") + end("x")).empty());
  EXPECT_FALSE(problems_of(begin("x") + begin("y") + end("x") + end("y")).empty());
  EXPECT_FALSE(problems_of(begin("x") + begin("x") + end("x") + end("x")).empty());
}

TEST(Regions, a_missing_half_is_told_with_its_line) {
  EXPECT_THAT(problems_of("\n\n<!-- pedigree:begin x -->\ntext\n"), ElementsAre("PED-D001:3"));
  EXPECT_THAT(problems_of("text\n<!-- pedigree:end x -->\n"), ElementsAre("PED-D001:2"));
  EXPECT_THAT(problems_of("<!-- pedigree:begin x -->\n<!-- pedigree:begin y -->\n<!-- pedigree:end y -->"),
              ElementsAre("PED-D001:1"));
}

TEST(Regions, a_doubled_marker_is_told_with_its_line) {
  const std::string pair = "<!-- pedigree:begin x -->\n<!-- pedigree:end x -->\n";
  EXPECT_THAT(problems_of(pair + pair), ElementsAre("PED-D002:3"));
  EXPECT_THAT(problems_of(pair + "<!-- pedigree:end x -->\n"), ElementsAre("PED-D002:3"));
  EXPECT_THAT(problems_of("<!-- pedigree:begin x -->\n" + pair), ::testing::Contains("PED-D002:2"));
}

TEST(Regions, a_marker_that_is_not_understood_is_told) {
  for (const char* marker : {"<!-- pedigree:start x -->", "<!-- pedigree:begin -->", "<!-- pedigree:begin X y -->",
                             "<!-- pedigree: -->", "<!-- pedigree:end x"})
    EXPECT_THAT(problems_of(std::string{"\n"} + marker), ElementsAre("PED-D003:2")) << marker;
}

}  // namespace
}  // namespace pedigree::docs
