// SPDX-License-Identifier: MIT
// The other forms of a report: complete, escaped, and the same bytes for the same report.
#include <gtest/gtest.h>

#include <set>

#include "framework/report/forms/forms.hpp"
#include "tests/unit/report/hostile_report.hpp"
#include "tests/unit/report/sample_reports.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;
using testing::clean_report;
using testing::derived_report;
using testing::hostile;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Markdown, foreign_text_breaks_neither_table_nor_page) {
  const auto page = to_markdown(hostile(derived_report()), "en");
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(count(page, "<details>"), count(page, "</details>"));
}

TEST(Cyclonedx, names_ancestors_only_for_descent) {
  const auto bom = to_cyclonedx(derived_report());
  EXPECT_EQ(bom["bomFormat"], "CycloneDX");
  EXPECT_EQ(bom["specVersion"], "1.6");
  EXPECT_EQ(bom["metadata"]["component"]["type"], "machine-learning-model");
  EXPECT_TRUE(bom["metadata"]["component"]["pedigree"].contains("ancestors"));
  EXPECT_FALSE(to_cyclonedx(clean_report())["metadata"]["component"]["pedigree"].contains("ancestors"));
  // urn:uuid with version 8 and variant 10xx (RFC 9562).
  const std::string serial = bom["serialNumber"];
  EXPECT_EQ(serial.size(), std::string("urn:uuid:").size() + 36);
  EXPECT_EQ(serial[9 + 14], '8');
  EXPECT_NE(std::string("89ab").find(serial[9 + 19]), std::string::npos);
  EXPECT_EQ(to_cyclonedx(derived_report()).dump(), bom.dump());
}

TEST(Sarif, has_a_rule_for_every_result) {
  const auto sarif = to_sarif(derived_report());
  EXPECT_EQ(sarif["version"], "2.1.0");
  std::set<std::string> rules;
  for (const auto& rule : sarif["runs"][0]["tool"]["driver"]["rules"]) rules.insert(rule["id"]);
  for (const auto& result : sarif["runs"][0]["results"])
    EXPECT_EQ(rules.count(result["ruleId"]), 1u) << result["ruleId"];
  EXPECT_EQ(sarif["runs"][0]["results"][0]["kind"], "fail");
}

TEST(Junit, escapes_and_counts) {
  const auto xml =
      to_junit({{"good", "a.yaml", 0.5, {}, ""}, {"bad<", "b.yaml", 1.25, {"verdict is \"derived\""}, ""}});
  EXPECT_NE(xml.find("tests=\"2\" failures=\"1\" errors=\"0\" time=\"1.750\""), std::string::npos);
  EXPECT_NE(xml.find("bad&lt;"), std::string::npos);
  EXPECT_NE(xml.find("&quot;derived&quot;"), std::string::npos);
}

TEST(Difference, says_what_moved_and_nothing_when_nothing_did) {
  const auto same = difference(derived_report(), derived_report());
  EXPECT_TRUE(same["verdict"].empty());
  EXPECT_NE(difference_text(same, "en").find("Nothing"), std::string::npos);
  const auto moved = difference(clean_report(), derived_report());
  bool label = false;
  for (const auto& change : moved["verdict"]) label |= change["what"] == "label" && change["after"] == "derived";
  EXPECT_TRUE(label);
}

}  // namespace
}  // namespace pedigree::report
