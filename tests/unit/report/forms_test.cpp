// SPDX-License-Identifier: MIT
// The other forms of a report: complete, escaped, and the same bytes for the same report.
#include <gtest/gtest.h>

#include <set>

#include "framework/report/forms/forms.hpp"
#include "tests/unit/report/sample_reports.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;
using testing::clean_report;
using testing::derived_report;
using testing::empty_report;
using testing::owed_report;
using testing::partial_report;
using testing::proven_report;

/// Everything foreign in a report replaced by markup, scripts and escapes.
json hostile(json report) {
  const std::string attack =
      "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`|\x1b[2J\xe2\x80\xae&amp;";
  report["subject"]["id"] = attack;
  report["pipeline"]["question"] = attack;
  for (auto& e : report["evidence"]) {
    e["reference"] = attack;
    e["summary_key"] = "no.such.key";
    e["summary"] = attack;
    e["details"] = {{"ascii", attack},
                    {"newick", attack},
                    {"rows", {{{"key", attack}, {"subject", attack}, {"reference", attack}}}}};
  }
  for (auto& r : report["references"]) r["id"] = attack;
  for (auto& o : report["outcomes"]) o["message"] = attack;
  return report;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Html, foreign_text_never_becomes_markup) {
  const auto page = to_html(hostile(derived_report()), "en");
  // The page's own two script elements and nothing else; no element or handler from the attack.
  EXPECT_EQ(count(page, "<script"), 2u);
  EXPECT_EQ(count(page, "</script"), 2u);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
}

TEST(Html, is_one_file_that_fetches_nothing) {
  const auto page = to_html(derived_report(), "en");
  EXPECT_NE(page.find("Content-Security-Policy"), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  for (const char* fetched : {"http://", "https://", "src=", "@import", "url("})
    EXPECT_EQ(page.find(fetched), std::string::npos) << fetched;
  EXPECT_LT(page.size(), std::size_t{5} << 20);
}

TEST(Html, every_label_language_and_report_is_rendered) {
  for (const auto& make : {clean_report, owed_report, derived_report, partial_report, proven_report, empty_report})
    for (const std::string lang : {"en", "ko"}) {
      const auto page = to_html(make(lang), lang);
      EXPECT_NE(page.find("<html lang=\"" + lang + "\""), std::string::npos);
      EXPECT_EQ(page.find("html."), std::string::npos) << "a message key is shown instead of its words";
    }
}

TEST(Html, a_foreign_document_is_rendered_as_far_as_it_goes) {
  for (const auto& odd : {json::object(), json(nullptr), json::array({1, 2}), json{{"verdict", 7}, {"evidence", "x"}}})
    EXPECT_NE(to_html(odd, "en").find("</html>"), std::string::npos);
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
