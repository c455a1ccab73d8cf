// SPDX-License-Identifier: MIT
#include "framework/run/run_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/unit/artifact/temporary_tree.hpp"

namespace pedigree::run {
namespace {

using testing::TemporaryTree;

RunIdentity identity(const std::string& pipeline = "name: a\nseed: 1\n", const std::string& digest = "11") {
  return {
      pipeline,
      {{"inputs",
        {{{"model", "m"}, {"role", "config"}, {"name", "config.json"}, {"sha256", digest}, {"remembered", false}}}}},
      {{"plugins", {{{"id", "p"}, {"sha256", "22"}}}}}};
}

JobResult result(OutcomeKind kind = OutcomeKind::ok) {
  JobResult done;
  done.outcome.analyzer = "a.b";
  done.outcome.kind = kind;
  return done;
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(RunFolder, keeps_what_identifies_the_run_and_what_was_found) {
  const TemporaryTree tree;
  auto folder = RunFolder::open(tree.root() / "run", identity(), false);
  ASSERT_TRUE(folder) << folder.error().text();
  folder->append_result("k", result());
  folder->write_file("report.json", "{}");
  EXPECT_FALSE(folder->problem());
  EXPECT_EQ(read(tree.root() / "run/pipeline.resolved.yaml"), "name: a\nseed: 1\n");
  EXPECT_NE(read(tree.root() / "run/evidence.ndjson").find("\"job\":\"k\""), std::string::npos);
  EXPECT_EQ(read(tree.root() / "run/report.json"), "{}");
}

TEST(RunFolder, resumed_gives_back_finished_results_and_lets_failures_try_again) {
  const TemporaryTree tree;
  {
    auto folder = RunFolder::open(tree.root(), identity(), false);
    ASSERT_TRUE(folder);
    folder->append_result("done", result());
    folder->append_result("failed", result(OutcomeKind::crashed));
  }
  const auto resumed = RunFolder::open(tree.root(), identity(), true);
  ASSERT_TRUE(resumed) << resumed.error().text();
  EXPECT_EQ(resumed->finished().count("done"), 1u);
  EXPECT_EQ(resumed->finished().count("failed"), 0u);
}

TEST(RunFolder, resumed_after_a_torn_line_does_not_lose_the_next_one) {
  const TemporaryTree tree;
  {
    auto folder = RunFolder::open(tree.root(), identity(), false);
    ASSERT_TRUE(folder);
    folder->append_result("one", result());
  }
  std::ofstream{tree.root() / "evidence.ndjson", std::ios::app} << "{\"t\":\"analy";
  {
    auto folder = RunFolder::open(tree.root(), identity(), true);
    ASSERT_TRUE(folder);
    folder->append_result("two", result());
  }
  const auto again = RunFolder::open(tree.root(), identity(), true);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->finished().size(), 2u);
}

TEST(RunFolder, refuses_to_resume_another_run_and_shows_the_difference) {
  const TemporaryTree tree;
  ASSERT_TRUE(RunFolder::open(tree.root(), identity(), false));
  const auto other_pipeline = RunFolder::open(tree.root(), identity("name: a\nseed: 2\n"), true);
  ASSERT_FALSE(other_pipeline);
  EXPECT_EQ(other_pipeline.error().code, "RESUME_DIFFERS");
  EXPECT_NE(other_pipeline.error().message.find("- seed: 1"), std::string::npos);
  EXPECT_NE(other_pipeline.error().message.find("+ seed: 2"), std::string::npos);
  const auto other_input = RunFolder::open(tree.root(), identity("name: a\nseed: 1\n", "99"), true);
  ASSERT_FALSE(other_input);
  EXPECT_NE(other_input.error().message.find("config.json"), std::string::npos);
}

TEST(RunFolder, has_nothing_to_resume_in_an_empty_folder) {
  const TemporaryTree tree;
  const auto folder = RunFolder::open(tree.root(), identity(), true);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, "RESUME_NOTHING");
}

TEST(RunFolder, belongs_to_one_run_at_a_time) {
  const TemporaryTree tree;
  const auto first = RunFolder::open(tree.root(), identity(), false);
  ASSERT_TRUE(first);
  const auto second = RunFolder::open(tree.root(), identity(), false);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "RUN_FOLDER_LOCKED");
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos) << "the owner is named";
}

TEST(RunFolder, fresh_run_removes_the_report_of_an_earlier_one) {
  const TemporaryTree tree;
  tree.write("report.json", "{\"old\": true}");
  ASSERT_TRUE(RunFolder::open(tree.root(), identity(), false));
  EXPECT_FALSE(std::filesystem::exists(tree.root() / "report.json"));
}

TEST(RunFolder, full_disk_keeps_what_was_found_and_leaves_no_half_file) {
  const TemporaryTree tree;
  auto folder = RunFolder::open(tree.root(), identity(), false);
  ASSERT_TRUE(folder);
  folder->append_result("before", result());
  const auto kept = read(tree.root() / "evidence.ndjson");
  // A file size limit stands in for the full disk: the write fails in the same place.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit limit{kept.size(), before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  folder->append_result("after", result());
  folder->write_file("report.json", std::string(10'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_TRUE(folder->problem());
  EXPECT_EQ(folder->problem()->code, "DISK_FULL");
  EXPECT_EQ(read(tree.root() / "evidence.ndjson"), kept);
  EXPECT_FALSE(std::filesystem::exists(tree.root() / "report.json"));
}

TEST(RunFolder, that_cannot_be_made_is_an_error) {
  const TemporaryTree tree;
  tree.write("file", "x");
  const auto folder = RunFolder::open(tree.root() / "file/run", identity(), false);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, "RUN_FOLDER_UNUSABLE");
}

}  // namespace
}  // namespace pedigree::run
