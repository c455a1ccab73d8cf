// SPDX-License-Identifier: MIT
#include "framework/docs/pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "framework/docs/facts.hpp"
#include "framework/report/markdown.hpp"
#include "tests/unit/report/sample_reports.hpp"

namespace pedigree::docs {
namespace {

using report::markdown::fenced;

using ::testing::HasSubstr;
using ::testing::Not;

/// What no page may let through: Markdown, HTML, a table's bar, our own marker, a fence.
const std::string kHostile = "a|b<script>x</script>\n<!-- pedigree:end verdict -->`**[l](u)**```";

nlohmann::json sample(const std::string& id, const std::string& pipeline) {
  auto report = report::testing::derived_report();
  report["subject"]["id"] = id;
  report["subject"]["facts"] = {
      {"organisation", "Acme"}, {"kind", "moe"}, {"parameters", 102.6e9}, {"active_parameters", 12e9}};
  report["pipeline"]["name"] = pipeline;
  return report;
}

std::string shipped(const std::string& path) {
  std::ifstream file(std::string{PEDIGREE_SOURCE_DIR} + "/docs/" + path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<std::string> made(const Page& page, const std::vector<nlohmann::json>& reports) {
  Diagnostics problems;
  auto text = fill_page(page, shipped(page.template_path), page.template_path, reports, problems);
  EXPECT_TRUE(problems.empty()) << to_text(problems, false);
  return text;
}

std::vector<Page> pages(const std::vector<nlohmann::json>& reports) {
  Diagnostics problems;
  const std::vector<std::string> names(reports.size(), "run");
  auto all = pages_of(reports, names, problems);
  EXPECT_TRUE(problems.empty()) << to_text(problems, false);
  return all;
}

TEST(Pages, every_page_is_made_in_both_languages_and_again_the_same) {
  const std::vector<nlohmann::json> reports{sample("acme/One", "one"), sample("acme/Two", "two")};
  const auto all = pages(reports);
  EXPECT_EQ(all.size(), 2u * (5 + 1 + 1 + 2));
  for (const auto& page : all) {
    const auto once = made(page, reports);
    ASSERT_TRUE(once) << page.path;
    Diagnostics problems;
    EXPECT_EQ(fill_page(page, *once, page.path, reports, problems), once) << page.path;
  }
}

TEST(Pages, the_overview_has_the_six_columns) {
  const std::vector<nlohmann::json> reports{sample("acme/One", "one")};
  for (const auto& page : pages(reports)) {
    if (page.kind != Kind::overview) continue;
    const auto text = made(page, reports).value_or("");
    EXPECT_THAT(text, HasSubstr(page.lang == "en" ? "| Organisation | Model | Parameters | Kind | Status | Verdict |"
                                                  : "| 개발사 | 모델 | 파라미터 | 종류 | 상태 | 판정 |"));
    EXPECT_THAT(text,
                HasSubstr(page.lang == "en" ? "| Acme | [One](one.md) | 102.6B (12B active) | mixture of experts |"
                                            : "| Acme | [One](one.ko.md) | 102.6B(활성 12B) | MoE |"));
  }
}

TEST(Pages, foreign_text_stays_text) {
  auto report = sample("acme/" + kHostile, "one");
  report["pipeline"]["question"] = kHostile;
  for (auto& row : report["evidence"]) row["reference"] = kHostile, row["summary_key"] = "", row["summary"] = kHostile;
  for (auto& row : report["references"]) row["id"] = kHostile;
  report["subject"]["facts"]["organisation"] = kHostile;
  report["missing_references"] = {kHostile};
  report["outcomes"] = {{{"analyzer", kHostile}, {"family", "weight"}, {"outcome", "input"}, {"message", kHostile}}};
  for (const auto& page : pages({report})) {
    const auto text = made(page, {report});
    ASSERT_TRUE(text) << page.path;
    const auto fence = text->find("````text");  // a longer fence than any in the text
    const auto outside = text->substr(0, fence);
    EXPECT_THAT(outside, Not(HasSubstr("<script"))) << page.path;
    EXPECT_THAT(outside, Not(HasSubstr("**[l](u)**"))) << page.path;
    Diagnostics problems;  // whatever is between the markers, the page can be filled again
    EXPECT_EQ(fill_page(page, *text, page.path, {report}, problems), text) << page.path << to_text(problems, false);
  }
}

TEST(Pages, each_missing_fact_is_told_and_nothing_is_made) {
  const std::vector<nlohmann::json> reports{sample("acme/One", "one")};
  for (const auto& page : pages(reports)) {
    const auto whole = shipped(page.template_path);
    Diagnostics none;
    for (const auto& region : find_regions(whole, "p", none)) {
      const std::string begin = "<!-- pedigree:begin " + region.name + " -->",
                        end = "<!-- pedigree:end " + region.name + " -->";
      const auto start = whole.find(begin), stop = whole.find(end) + end.size();
      Diagnostics problems;
      EXPECT_FALSE(fill_page(page, whole.substr(0, start) + whole.substr(stop), "p.md", reports, problems));
      ASSERT_EQ(problems.size(), 1u) << page.path << " " << region.name;
      EXPECT_EQ(problems.front().code, "PED-D001");
      EXPECT_EQ(problems.front().file, "p.md");
      EXPECT_THAT(problems.front().message, HasSubstr(region.name));
    }
  }
}

TEST(Pages, an_unknown_fact_is_told_with_its_line) {
  const std::vector<nlohmann::json> reports{sample("acme/One", "one")};
  for (const auto& page : pages(reports)) {
    if (page.kind != Kind::overview) continue;
    Diagnostics problems;
    const auto text = "\n<!-- pedigree:begin overviw --><!-- pedigree:end overviw -->\n" + shipped(page.template_path);
    EXPECT_FALSE(fill_page(page, text, "p.md", reports, problems));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems.front().code, "PED-D003");
    EXPECT_EQ(problems.front().line, 2);
    EXPECT_THAT(problems.front().suggestion, HasSubstr("'overview'"));
  }
}

TEST(Pages, two_runs_of_one_page_are_refused) {
  Diagnostics problems;
  (void)pages_of({sample("a/One", "one"), sample("b/One", "one")}, {"runs/a", "runs/b"}, problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems.front().code, "PED-D004");
  EXPECT_THAT(problems.front().message, HasSubstr("runs/a"));
  problems.clear();
  (void)pages_of({}, {}, problems);
  EXPECT_EQ(problems.size(), 1u);
}

TEST(Pages, the_name_of_a_page_leads_nowhere_else) {
  EXPECT_EQ(page_name({{"pipeline", {{"name", "../../etc/passwd"}}}}), "etc-passwd");
  EXPECT_EQ(page_name({{"subject", {{"id", "acme/My Model"}}}}), "My-Model");
  EXPECT_EQ(page_name({{"pipeline", {{"name", ".."}}}}), "model");
  EXPECT_EQ(page_name(nlohmann::json::object()), "model");
}

TEST(Pages, damaged_reports_make_pages_too) {
  for (const char* text :
       {"{}", R"({"verdict": 3, "evidence": {}, "references": [1, null], "subject": []})",
        R"({"verdict": {"contributions": [null]}, "evidence": [[], {"family": 1}], "claim": {"declared": [0]}})"}) {
    const std::vector<nlohmann::json> reports{nlohmann::json::parse(text)};
    for (const auto& page : pages(reports)) EXPECT_TRUE(made(page, reports)) << page.path << " of " << text;
  }
}

TEST(Pages, numbers_are_short) {
  EXPECT_EQ(count_text(102.6e9), "102.6B");
  EXPECT_EQ(count_text(519e9), "519B");
  EXPECT_EQ(count_text(14e6), "14M");
  EXPECT_EQ(count_text(1.5e12), "1.5T");
  EXPECT_EQ(count_text(1234), "1,234");
  EXPECT_EQ(short_number(-0.001, 2), "0");
  EXPECT_EQ(short_number(0.1500001, 2), "0.15");
}

TEST(Markdown, a_fence_is_longer_than_any_inside) {
  EXPECT_EQ(fenced("a\n"), "```text\na\n```");
  EXPECT_EQ(fenced("a ```` b"), "`````text\na ```` b\n`````");
  EXPECT_THAT(fenced("<!-- pedigree:end x -->"), Not(HasSubstr("<!--")));
}

}  // namespace
}  // namespace pedigree::docs
