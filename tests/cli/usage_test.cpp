// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace pedigree::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Usage, help_begins_with_examples_and_goes_to_stdout) {
  const Program program;
  const auto ended = program.run({"--help"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_LT(ended.out.find("Examples:"), ended.out.find("Verbs:"));
  EXPECT_TRUE(ended.err.empty());
  for (const char* verb : {"verify", "compare", "inspect", "validate", "explain", "test", "list", "describe", "schema",
                           "report", "plugin", "init", "doctor"}) {
    EXPECT_THAT(ended.out, HasSubstr(verb));
    const auto help = program.run({verb, "--help"});
    EXPECT_EQ(help.code, 0) << verb;
    EXPECT_THAT(help.out, HasSubstr("Examples:")) << verb;
  }
}

TEST(Usage, version_is_one_line) {
  const Program program;
  EXPECT_THAT(program.run({"--version"}).out, StartsWith("pedigree "));
}

TEST(Usage, typing_errors_get_a_suggestion_and_code_2) {
  const Program program;
  const auto verb = program.run({"verfy", "x"});
  EXPECT_EQ(verb.code, 2);
  EXPECT_THAT(verb.err, HasSubstr("did you mean 'verify'?"));
  const auto option = program.run({"verify", "x", "--fromat=json"});
  EXPECT_EQ(option.code, 2);
  EXPECT_THAT(option.err, HasSubstr("did you mean '--format'?"));
  const auto format = program.run({"inspect", "x", "--format", "jsn"});
  EXPECT_EQ(format.code, 2);
  EXPECT_THAT(format.err, HasSubstr("did you mean 'json'?"));
}

// A misspelt label would otherwise "not hold" for ever: code 1 where nothing was wrong with the model.
TEST(Usage, a_label_that_does_not_exist_is_no_expectation) {
  const Program program;
  const auto ended = program.run({"verify", "vaetki", "--expect", "from-scratch"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("did you mean 'from_scratch'?"));
}

// Three files of one name are three models, told apart by their folders.
TEST(Usage, files_of_one_name_in_different_folders_are_compared) {
  const Program program;
  for (const char* folder : {"mine", "first", "second"})
    program.write(std::string{folder} + "/config.json", small_config());
  const auto ended =
      program.run({"compare", "mine/config.json", "first/config.json", "second/config.json", "--format", "json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto report = ended.json();
  EXPECT_EQ(report["subject"]["id"], "mine/config.json");
  ASSERT_EQ(report["references"].size(), 2u);
  std::vector<std::string> ids;
  for (const auto& reference : report["references"]) ids.push_back(reference["id"]);
  EXPECT_THAT(ids, ::testing::UnorderedElementsAre("first/config.json", "second/config.json"));
}

TEST(Usage, a_pipeline_that_is_not_shipped_gets_a_suggestion) {
  const Program program;
  const auto ended = program.run({"verify", "solar-open-100bb"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("did you mean 'solar-open-100b'?"));
}

TEST(Usage, options_are_never_guessed_from_a_prefix) {
  const Program program;
  EXPECT_EQ(program.run({"inspect", "x", "--form", "json"}).code, 2);
}

TEST(Usage, wrong_numbers_and_missing_operands_are_code_2) {
  const Program program;
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"verify"},
                                                {"compare", "a"},
                                                {"inspect", "a", "b"},
                                                {"inspect", "a", "-j", "0"},
                                                {"inspect", "a", "-j", "x"},
                                                {"inspect", "a", "--progress", "loud"},
                                                {"inspect", "a", "--lang", "fr"},
                                                {"schema", "nothing"},
                                                {"list", "nothing"},
                                                {"describe", "nothing.at-all"},
                                                {"plugin", "dance"},
                                                {"doctor", "x"}})
    EXPECT_EQ(program.run(words).code, 2) << ::testing::PrintToString(words);
}

TEST(List, says_what_it_can_list) {
  const Program program;
  EXPECT_THAT(program.run({"list", "nothing"}).err,
              HasSubstr("known: analyzers, plugins, profiles, pipelines, models, groups"));
}

TEST(List, analyzers_models_groups_and_profiles_are_there) {
  const Program program;
  EXPECT_THAT(program.run({"list"}).out, HasSubstr("architecture.config"));
  EXPECT_THAT(program.run({"list", "profiles"}).out, HasSubstr("calibrated"));
  const auto models = program.run({"list", "models", "group:korean-national-2026", "--format", "json"});
  EXPECT_EQ(models.json().size(), 5u);
  EXPECT_THAT(program.run({"list", "groups"}).out, HasSubstr("well-known-bases"));
}

TEST(Describe, tells_of_analyzers_models_and_profiles) {
  const Program program;
  EXPECT_THAT(program.run({"describe", "architecture.config"}).out, HasSubstr("signals:"));
  EXPECT_EQ(program.run({"describe", "skt/A.X-K1", "--format", "json"}).json()["id"], "skt/A.X-K1");
  EXPECT_THAT(program.run({"describe", "calibrated"}).out, HasSubstr("verdict"));
  EXPECT_THAT(program.run({"describe", "architecture.confg"}).err, HasSubstr("did you mean 'architecture.config'?"));
}

TEST(Explain, shows_models_plan_and_origins_without_running_anything) {
  const Program program;
  const auto plan = program.run({"explain", "solar-open-100b"});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("[catalog]"));
  EXPECT_THAT(plan.out, HasSubstr("no recorded responses at hand"));
  EXPECT_THAT(program.run({"explain", "solar-open-100b", "--origin", "--set", "seed=7"}).out, HasSubstr("--set"));
}

TEST(Schema, of_pipeline_and_report_are_json_schemas) {
  const Program program;
  for (const char* document : {"pipeline", "report", "manifest"})
    EXPECT_THAT(program.run({"schema", document}).json().value("$schema", ""), HasSubstr("2020-12")) << document;
}

TEST(Doctor, finds_this_installation_whole) {
  const Program program;
  const auto ended = program.run({"doctor"});
  EXPECT_EQ(ended.code, 0) << ended.out;
}

TEST(Init, writes_a_pipeline_that_is_valid_and_never_overwrites) {
  const Program program;
  program.write("my model/config.json", small_config());
  ASSERT_EQ(program.run({"init", "my model"}).code, 0);
  const auto valid = program.run({"validate", "my-model.yaml"});
  EXPECT_EQ(valid.code, 0) << valid.err;
  EXPECT_EQ(program.run({"init", "my model"}).code, 2);
}

TEST(Plugins, lock_and_verify_agree) {
  const Program program;
  ASSERT_EQ(program.run({"plugin", "lock"}).code, 0);
  EXPECT_EQ(program.run({"plugin", "verify"}).code, 0);
  program.write("plugins.lock", "{}");
  EXPECT_EQ(program.run({"plugin", "verify"}).code, 4);
}

TEST(Plugins, check_names_the_library_that_is_not_there) {
  const Program program;
  const auto ended = program.run({"plugin", "check", "/none/such.pedigree.so"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, HasSubstr("/none/such.pedigree.so cannot be read: No such file"));
}

TEST(Report, needs_a_kept_run) {
  const Program program;
  program.write("x/report.json", "{\"schema\": \"other\"}");
  EXPECT_EQ(program.run({"report", "x"}).code, 4);
  EXPECT_EQ(program.run({"report", "none"}).code, 4);
}

TEST(Color, is_never_written_to_a_pipe) {
  const Program program;
  program.write("a/config.json", small_config());
  const auto ended = program.run({"inspect", "a"});
  EXPECT_EQ(ended.out.find('\033'), std::string::npos);
  EXPECT_EQ(ended.err.find('\033'), std::string::npos);
}

}  // namespace
}  // namespace pedigree::cli_test
