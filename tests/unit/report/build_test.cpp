// SPDX-License-Identifier: MIT
// The document of design.md 7: its fields, its schema, its bytes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "framework/pipeline/json_schema.hpp"
#include "framework/report/forms/forms.hpp"
#include "framework/report/view.hpp"
#include "tests/unit/report/sample_reports.hpp"

namespace {

using nlohmann::json;
using namespace pedigree::report;
using namespace pedigree::report::testing;

std::vector<json> samples(const std::string& lang = "en") {
  return {clean_report(lang),   owed_report(lang),   derived_report(lang),
          partial_report(lang), proven_report(lang), empty_report(lang)};
}

TEST(Report, validates_against_its_schema) {
  const auto schema = report_schema();
  for (const auto& report : samples()) {
    const auto problems = pedigree::pipeline::check_schema(report, schema);
    EXPECT_TRUE(problems.empty()) << problems.front().pointer << ": " << problems.front().message;
  }
}

TEST(Report, schema_refuses_a_report_with_a_wrong_label_or_a_missing_field) {
  auto report = clean_report();
  report["verdict"]["label"] = "guilty";
  EXPECT_FALSE(pedigree::pipeline::check_schema(report, report_schema()).empty());
  report = clean_report();
  report.erase("references");
  EXPECT_FALSE(pedigree::pipeline::check_schema(report, report_schema()).empty());
  report = clean_report();
  report["evidence"][0]["log10_lr"] = "much";
  EXPECT_FALSE(pedigree::pipeline::check_schema(report, report_schema()).empty());
}

TEST(Report, asks_in_korean_where_its_pipeline_does) {
  auto report = clean_report("ko");
  ASSERT_FALSE(report["pipeline"].contains("question_ko"));
  EXPECT_EQ(question_of(report, "ko"), "Was Solar-Open-100B trained from scratch?") << "better than nothing";
  const std::string korean = "from scratch로 학습되었는가?";
  report["pipeline"]["question_ko"] = korean;
  EXPECT_TRUE(pedigree::pipeline::check_schema(report, report_schema()).empty());
  EXPECT_EQ(question_of(report, "ko"), korean);
  EXPECT_EQ(question_of(report, "en"), "Was Solar-Open-100B trained from scratch?");
  for (const auto& text :
       {to_html(report, "ko"), to_markdown(report, "ko"), to_terminal(report, {80, false, true, "ko"})})
    EXPECT_NE(text.find(korean), std::string::npos) << text;
  EXPECT_EQ(to_html(report, "en").find(korean), std::string::npos);
}

TEST(Report, schema_in_the_docs_is_the_one_in_the_program) {
  std::ifstream file(std::filesystem::path(PEDIGREE_SOURCE_DIR) / "docs/schema/report.v1.schema.json");
  ASSERT_TRUE(file) << "write it with: pedigree schema report > docs/schema/report.v1.schema.json";
  EXPECT_EQ(json::parse(file), report_schema());
}

TEST(Report, has_the_fields_of_the_contract) {
  const auto report = derived_report();
  EXPECT_EQ(report.at("schema"), "pedigree/report/v1");
  for (const char* field : {"label", "status", "score", "p_derived", "assurance", "coverage", "confidence", "parents"})
    EXPECT_TRUE(report.at("verdict").contains(field)) << field;
  for (const char* field : {"id", "component", "relation", "p_derived", "log10_p"})
    EXPECT_TRUE(report.at("verdict").at("parents").at(0).contains(field)) << field;
  for (const char* field : {"analyzer", "signal", "reference", "component", "value", "unit", "log10_lr", "log10_p",
                            "relation", "summary", "details"})
    EXPECT_TRUE(report.at("evidence").at(0).contains(field)) << field;
  for (const char* field : {"id", "role", "p_derived", "relation", "log10_p", "compared", "not_compared"})
    EXPECT_TRUE(report.at("references").at(0).contains(field)) << field;
  for (const char* field : {"analyzer", "reference", "outcome", "message", "seconds", "peak_mib"})
    EXPECT_TRUE(report.at("outcomes").at(0).contains(field)) << field;
  for (const char* field : {"pedigree", "profile", "plugins", "inputs"})
    EXPECT_TRUE(report.at("provenance").contains(field)) << field;
  EXPECT_EQ(report.at("verdict").at("label"), "derived");
  EXPECT_EQ(report.at("verdict").at("parents").at(0).at("id"), "zai-org/GLM-4.5-Air");
  EXPECT_NEAR(report.at("verdict").at("parents").at(0).at("log10_p").get<double>(), -2212.4 + std::log10(5.0), 1e-9)
      << "five references searched";
}

TEST(Report, lists_every_reference_whatever_was_found) {
  EXPECT_EQ(empty_report().at("references").size(), 0u);
  EXPECT_EQ(clean_report().at("references").size(), 5u);
}

TEST(Report, is_the_same_bytes_for_the_same_input) {
  EXPECT_EQ(derived_report().dump(), derived_report().dump());
  EXPECT_EQ(clean_report("ko").dump(), clean_report("ko").dump());
}

TEST(Report, writes_null_where_a_number_is_not_finite) {
  auto case_ = sample_case();
  case_.evidence = {core_match(1, "deepseek-ai/DeepSeek-V2", 0)};
  case_.evidence[0].value = std::numeric_limits<double>::quiet_NaN();
  case_.evidence[0].log10_p = -std::numeric_limits<double>::infinity();
  const auto report = report_of("x", "", case_);
  EXPECT_TRUE(report.at("evidence").at(0).at("value").is_null());
  EXPECT_TRUE(report.at("evidence").at(0).at("log10_p").is_null());
  EXPECT_TRUE(pedigree::pipeline::check_schema(report, report_schema()).empty());
}

TEST(Report, can_be_read_again_in_the_other_language_without_the_plugins) {
  const auto english = owed_report("en"), korean = owed_report("ko");
  const Language again(english, "ko");
  for (std::size_t i = 0; i < english.at("evidence").size(); ++i)
    EXPECT_EQ(again.summary(english.at("evidence").at(i)), korean.at("evidence").at(i).at("summary"));
  for (std::size_t i = 0; i < english.at("verdict").at("reasons").size(); ++i)
    EXPECT_EQ(again.sentence(english.at("verdict").at("reasons").at(i)),
              korean.at("verdict").at("reasons").at(i).at("text"));
  EXPECT_NE(english.at("evidence").at(0).at("summary"), korean.at("evidence").at(0).at("summary"));
}

TEST(Report, labels_the_source_study_s_criterion_beside_the_evidence) {
  const auto report = owed_report();
  const auto& evidence = report.at("evidence").at(2);
  EXPECT_EQ(evidence.at("criteria").at("key"), "criteria.core-match.same");
  EXPECT_EQ(evidence.at("support"), "questionable");
  EXPECT_EQ(report.at("evidence").at(1).at("criteria").at("key"), "criteria.core-match.independent");
}

}  // namespace
