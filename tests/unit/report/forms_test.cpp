// SPDX-License-Identifier: MIT
// The other forms of a report: complete, escaped, and the same bytes for the same report.
#include <gtest/gtest.h>

#include <set>

#include "framework/report/forms/forms.hpp"
#include "tests/support/official_schema.hpp"
#include "tests/support/sarif_rules.hpp"
#include "tests/support/shared_data.hpp"
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

TEST(Markdown, calls_nobody_and_links_nowhere) {
  auto report = derived_report();
  report["subject"]["id"] = "@everyone https://example.invalid www.example.invalid #1";
  const auto page = to_markdown(report, "en");
  EXPECT_NE(page.find("# &#64;everyone https&#58;//example.invalid www\\.example.invalid \\#1"), std::string::npos);
}

TEST(Markdown, folds_the_long_tables) {
  const auto page = to_markdown(derived_report(), "en");
  EXPECT_EQ(count(page, "<details><summary>"), 2u);
  // GitHub renders Markdown inside an HTML block only after an empty line.
  EXPECT_EQ(count(page, "</summary>\n\n|"), 2u);
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

TEST(Cyclonedx, holds_the_model_card_hashes_and_files) {
  auto report = derived_report();
  report["subject"]["digest"] = "sha256:" + std::string(64, 'b');
  report["evidence"].push_back(
      {{"signal", "architecture.attention-kind"},
       {"details", {{"components", {{{"component", "text_decoder"}, {"model_type", "glm4"}}}}}}});
  const auto bom = to_cyclonedx(report);
  const auto& component = bom["metadata"]["component"];
  EXPECT_EQ(component["hashes"][0], json({{"alg", "SHA-256"}, {"content", std::string(64, 'b')}}));
  EXPECT_EQ(component["modelCard"]["modelParameters"]["modelArchitecture"], "glm4");
  EXPECT_EQ(component["pedigree"]["ancestors"][0]["name"], "GLM-4.5-Air");
  EXPECT_EQ(component["pedigree"]["ancestors"][0]["group"], "zai-org");
  EXPECT_EQ(bom["components"][0]["type"], "file");
  EXPECT_EQ(bom["components"][0]["hashes"][0]["content"], std::string(64, 'a'));
}

/// Reports of every kind, honest and hostile, and documents that are hardly a report.
std::vector<json> all_reports() {
  std::vector<json> reports{json::object(), json{{"verdict", 7}, {"evidence", "x"}}};
  for (const auto& make : {testing::clean_report, testing::owed_report, testing::derived_report,
                           testing::partial_report, testing::proven_report, testing::empty_report}) {
    reports.push_back(make("en"));
    reports.push_back(hostile(make("en")));
  }
  return reports;
}

TEST(Cyclonedx, is_valid_by_the_official_schema) {
  const pedigree::testing::OfficialSchema schema{
      pedigree::testing::source_path("tests/data/cyclonedx/bom-1.6.SNAPSHOT.schema.json")};
  for (const auto& report : all_reports()) {
    const auto bom = json::parse(to_cyclonedx(report).dump(-1, ' ', false, json::error_handler_t::replace));
    EXPECT_EQ(schema.check(bom), std::vector<std::string>{});
  }
}

TEST(Cyclonedx, the_schema_finds_what_is_wrong) {
  const pedigree::testing::OfficialSchema schema{
      pedigree::testing::source_path("tests/data/cyclonedx/bom-1.6.SNAPSHOT.schema.json")};
  const auto good = to_cyclonedx(derived_report());
  for (const auto& patch :
       {json{{"op", "remove"}, {"path", "/bomFormat"}},
        json{{"op", "replace"}, {"path", "/specVersion"}, {"value", 1.6}},
        json{{"op", "add"}, {"path", "/verdict"}, {"value", "derived"}},
        json{{"op", "replace"}, {"path", "/serialNumber"}, {"value", "urn:uuid:1"}},
        json{{"op", "replace"}, {"path", "/metadata/component/type"}, {"value", "model"}},
        json{{"op", "replace"}, {"path", "/components/0/hashes/0/content"}, {"value", "abc"}},
        json{{"op", "replace"}, {"path", "/metadata/component/evidence/identity/0/confidence"}, {"value", 1.5}}})
    EXPECT_FALSE(schema.check(good.patch(json::array({patch}))).empty()) << patch.dump();
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

TEST(Sarif, keeps_the_rules_of_the_specification) {
  using pedigree::testing::SarifRules;
  for (const auto& report : all_reports()) {
    const auto sarif = json::parse(to_sarif(report).dump(-1, ' ', false, json::error_handler_t::replace));
    EXPECT_EQ(SarifRules::broken_by(sarif), std::vector<std::string>{});
  }
  // The rules themselves notice what is wrong.
  const json good = to_sarif(derived_report());
  const std::string first = "/runs/0/results/0";
  for (const auto& patch : {json{{"op", "replace"}, {"path", first + "/kind"}, {"value", "bad"}},
                            json{{"op", "replace"}, {"path", first + "/level"}, {"value", "fatal"}},
                            json{{"op", "replace"}, {"path", first + "/kind"}, {"value", "pass"}},
                            json{{"op", "replace"}, {"path", first + "/message/text"}, {"value", 1}},
                            json{{"op", "remove"}, {"path", first + "/message"}},
                            json{{"op", "replace"}, {"path", first + "/ruleId"}, {"value", "no.rule"}},
                            json{{"op", "add"}, {"path", first + "/verdict"}, {"value", "derived"}},
                            json{{"op", "add"},
                                 {"path", first + "/locations"},
                                 {"value", {{{"physicalLocation", {{"artifactLocation", {{"uri", "a b"}}}}}}}}},
                            json{{"op", "remove"}, {"path", "/runs/0/tool/driver/name"}},
                            json{{"op", "replace"}, {"path", "/version"}, {"value", "2.0"}},
                            json{{"op", "replace"}, {"path", "/runs"}, {"value", 1}}})
    EXPECT_FALSE(SarifRules::broken_by(good.patch(json::array({patch}))).empty()) << patch.dump();
}

TEST(Sarif, stays_within_what_code_scanning_takes) {
  auto report = derived_report();
  const auto piece = report["evidence"][0];
  for (int i = 0; i < 26'000; ++i) report["evidence"].push_back(piece);
  EXPECT_EQ(to_sarif(report)["runs"][0]["results"].size(), 25'000u);
}

TEST(Newick, one_line_for_each_tree_and_nothing_else) {
  EXPECT_EQ(to_newick(derived_report()), "");
  auto report = derived_report();
  report["evidence"][0]["details"] = {{"newick", "(a:1,'b c':2,d:3);"}};
  report["evidence"][1]["details"] = {{"newick", "(a,\x1b[2Jb);"}};
  EXPECT_EQ(to_newick(report), "(a:1,'b c':2,d:3);\n(a,\\x1b[2Jb);\n");
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
