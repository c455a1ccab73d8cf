// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/cli/program.hpp"

namespace pedigree::cli_test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// The outcome of an analyzer family in a report, or "".
std::string outcome_of(const nlohmann::json& report, const std::string& analyzer) {
  for (const auto& outcome : report.value("outcomes", nlohmann::json::array()))
    if (outcome.value("analyzer", "") == analyzer) return outcome.value("outcome", "");
  return {};
}

/// Compares a model whose config is `bytes` with a good one.
Ended compare_config(const Program& program, const std::string& bytes) {
  program.write("bad/config.json", bytes);
  program.write("good/config.json", small_config());
  return program.run({"compare", "bad", "good", "--format", "json"});
}

TEST(BadConfig, empty_file_is_named_before_anything_runs) {
  const Program program;
  const auto ended = compare_config(program, "");
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, HasSubstr("the file is empty"));
  EXPECT_TRUE(ended.out.empty());
}

TEST(BadConfig, truncated_deep_or_not_utf8_is_an_input_outcome_and_no_verdict) {
  const Program program;
  const std::string deep = "{\"a\":" + std::string(1'000'000, '[');
  for (const auto& bytes : {small_config().substr(0, 60), deep, std::string{"{\"model_type\": \"\xFF\xFE\"}"}}) {
    const auto ended = compare_config(program, bytes);
    EXPECT_EQ(ended.code, 4) << bytes.substr(0, 40) << ended.err;
    EXPECT_EQ(outcome_of(ended.json(), "architecture.config"), "input") << bytes.substr(0, 40);
    EXPECT_THAT(ended.err, HasSubstr("config.json"));
  }
}

TEST(BadConfig, sparse_gigabyte_costs_neither_memory_nor_a_crash) {
  const Program program;
  const auto file = program.write("bad/config.json", "{");
  ASSERT_EQ(::truncate(file.c_str(), 1ll << 30), 0);
  program.write("good/config.json", small_config());
  const auto ended = program.run({"compare", "bad", "good", "--format", "json"});
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_EQ(outcome_of(ended.json(), "architecture.config"), "input");
}

TEST(BadConfig, unreadable_file_says_so) {
  if (::geteuid() == 0) GTEST_SKIP() << "left out: root may read every file";
  const Program program;
  const auto file = program.write("bad/config.json", small_config());
  ASSERT_EQ(::chmod(file.c_str(), 0), 0);
  EXPECT_EQ(program.run({"inspect", "bad"}).code, 4);
}

TEST(BadReference, broken_reference_leaves_the_subjects_evidence_intact) {
  const Program program;
  program.write("a/config.json", small_config());
  program.write("broken/config.json", "{\"model_type\":");
  program.write("good/config.json", small_config());
  const auto ended = program.run({"compare", "a", "broken", "good", "--format", "json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto report = ended.json();
  ASSERT_EQ(report["references"].size(), 2u);
  EXPECT_FALSE(report["references"][1]["compared"].empty()) << "the good reference was compared";
  EXPECT_TRUE(report["references"][0]["compared"].empty());
}

TEST(BadTokenizer, broken_tokenizer_is_named_and_the_config_still_speaks) {
  const Program program;
  for (const auto& bytes :
       {std::string{"{\"model\": {\"vocab\": {"}, std::string(500'000, '['), std::string{"\x00\x01\x02", 3}}) {
    program.write("a/config.json", small_config());
    program.write("a/tokenizer.json", bytes);
    program.write("b/config.json", small_config());
    program.write("b/tokenizer.json", bytes);
    const auto ended = program.run({"compare", "a", "b", "--format", "json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(outcome_of(ended.json(), "architecture.config"), "ok");
  }
}

TEST(BadPipeline, every_problem_is_told_with_its_place) {
  const Program program;
  program.write("p.yaml", "schema: pedigree/pipeline/v1\nname: x\nsubjct: {id: a/b}\nseed: 010\n");
  const auto ended = program.run({"validate", "p.yaml"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("p.yaml:3:1"));
  EXPECT_THAT(ended.err, HasSubstr("did you mean 'subject'?"));
  EXPECT_THAT(ended.err, HasSubstr("p.yaml:4"));
}

TEST(BadPipeline, hostile_yaml_ends_with_code_2) {
  const Program program;
  const std::string bomb =
      "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b]\n"
      "d: &d [*c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e]\n";
  for (const auto& text :
       {std::string{}, std::string(100'000, '['), std::string{"\xFF\xFE\x00", 3}, bomb, std::string(2 << 20, '#')}) {
    program.write("p.yaml", text);
    const auto ended = program.run({"verify", "p.yaml"});
    EXPECT_EQ(ended.code, 2) << text.substr(0, 30) << "\n" << ended.err.substr(0, 500);
    EXPECT_THAT(ended.err, HasSubstr("p.yaml"));
  }
  EXPECT_THAT(program.run({"verify", "none.yaml"}).code, AnyOf(2, 4));
}

TEST(BadPlugins, folder_that_others_may_write_to_is_refused) {
  const Program program;
  const auto folder = program.folder() / "plugins";
  fs::create_directory(folder);
  ASSERT_EQ(::chmod(folder.c_str(), 0777), 0);
  program.write("a/config.json", small_config());
  const auto ended = program.run({"inspect", "a", "--plugin-dir", folder.string()});
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, HasSubstr("plugins"));
}

TEST(FullDisk, result_that_cannot_be_shown_is_code_4) {
  const Program program;
  program.write("a/config.json", small_config());
  const auto ended = program.run({"inspect", "a"}, {.stdout_to = "/dev/full"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, HasSubstr("No space left"));
}

TEST(FullDisk, run_folder_keeps_no_half_report_and_the_result_is_still_shown) {
  const Program program;
  const auto ended =
      program.run({"verify", "a.x-k1", "-o", "run", "--no-cache", "--format", "json"}, {.file_size_limit = 24'000});
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("DISK_FULL"));
  EXPECT_EQ(ended.json()["schema"], "pedigree/report/v1") << "what was found is shown all the same";
  EXPECT_FALSE(fs::exists(program.folder() / "run/report.json"));
}

TEST(Interrupt, second_signal_of_another_run_is_not_needed_workers_never_stay) {
  const Program program;
  const auto ended = program.run({"compare", "skt/A.X-K1", "all", "--no-cache", "--progress", "json", "-o", "run"},
                                 {.signal = SIGTERM, .signal_when = "analyzer.start"});
  EXPECT_THAT(ended.code, AnyOf(0, 143)) << ended.err;
}

}  // namespace
}  // namespace pedigree::cli_test
