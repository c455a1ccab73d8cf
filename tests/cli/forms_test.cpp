// SPDX-License-Identifier: MIT
// The forms for machines, as the program really prints them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/program.hpp"
#include "tests/support/official_schema.hpp"
#include "tests/support/sarif_rules.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

void write_two_models(const Program& program) {
  program.write("a/config.json", small_config());
  program.write("b/config.json", small_config(128));
}

TEST(Forms, cyclonedx_is_valid_by_the_official_schema_and_sarif_by_its_rules) {
  const Program program;
  write_two_models(program);
  const auto bom = program.run({"compare", "a", "b", "--format", "cyclonedx"});
  ASSERT_EQ(bom.code, 0) << bom.err;
  const testing::OfficialSchema schema{testing::source_path("tests/data/cyclonedx/bom-1.6.SNAPSHOT.schema.json")};
  EXPECT_EQ(schema.check(bom.json()), std::vector<std::string>{});
  const auto sarif = program.run({"compare", "a", "b", "--format", "sarif"});
  ASSERT_EQ(sarif.code, 0) << sarif.err;
  EXPECT_EQ(testing::SarifRules::broken_by(sarif.json()), std::vector<std::string>{});
}

TEST(Forms, ndjson_is_one_object_a_line_and_the_verdict_last) {
  const Program program;
  write_two_models(program);
  std::istringstream lines{program.run({"compare", "a", "b", "--format", "ndjson"}).out};
  std::string line, last;
  std::size_t evidence = 0;
  while (std::getline(lines, line)) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(event.is_object()) << line;
    last = event.at("t");
    evidence += last == "evidence" ? 1 : 0;
  }
  EXPECT_EQ(last, "verdict");
  EXPECT_GT(evidence, 0u);
}

TEST(Forms, junit_counts_what_holds_and_what_does_not) {
  const Program program;
  program.write("m/config.json", small_config());
  const auto pipeline = [](const std::string& label) {
    return "schema: pedigree/pipeline/v1\nname: " + label +
           "-case\nextends: calibrated\nsubject: {id: m, path: m}\nreferences: [{id: Qwen/Qwen3-8B}]\nexpect: "
           "{verdict: " +
           label + "}\n";
  };
  program.write("right.yaml", pipeline("likely_from_scratch"));
  program.write("wrong.yaml", pipeline("derived"));
  const auto ended = program.run({"test", "right.yaml", "wrong.yaml", "--format", "junit"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
  EXPECT_THAT(ended.out, HasSubstr("tests=\"2\" failures=\"1\" errors=\"0\""));
  EXPECT_THAT(ended.out, HasSubstr("<testcase name=\"derived-case\" classname=\"wrong.yaml\""));
  EXPECT_THAT(ended.out, HasSubstr("<failure message="));
  // What cannot be run is an error, not a failure.
  program.write("broken.yaml", "schema: pedigree/pipeline/v1\nnme: x\n");
  EXPECT_THAT(program.run({"test", "broken.yaml", "--format", "junit"}).out, HasSubstr("failures=\"0\" errors=\"1\""));
}

TEST(Forms, junit_belongs_to_test_alone) {
  const Program program;
  write_two_models(program);
  const auto ended = program.run({"compare", "a", "b", "--format", "junit"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("junit"));
}

}  // namespace
}  // namespace pedigree::cli_test
