// SPDX-License-Identifier: MIT
#include "framework/docs/regions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
