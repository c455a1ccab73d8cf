// SPDX-License-Identifier: MIT
// Each misdeed ends in its named outcome, and what was measured before it is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/abi/fixture_run.hpp"

namespace pedigree::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;

#ifdef PEDIGREE_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

struct Misdeed {
  const char* act;
  const char* outcome;
  const char* message;  ///< part of it
  bool needs_memory_limit = false;
};

class Misdeeds : public ::testing::TestWithParam<Misdeed> {};

TEST_P(Misdeeds, end_in_their_outcome_and_keep_earlier_evidence) {
  const auto& expected = GetParam();
  if (expected.needs_memory_limit && kSanitized) GTEST_SKIP() << "a sanitized build has no memory limit";
  const auto observed = act(expected.act);
  EXPECT_EQ(kind_of(observed), expected.outcome) << observed.result.outcome.message;
  EXPECT_THAT(observed.result.outcome.message, HasSubstr(expected.message));
  ASSERT_GE(observed.result.evidence.size(), 1u);
  EXPECT_EQ(observed.result.evidence.front().signal, "hostile.score");
  EXPECT_EQ(observed.result.evidence.front().value, 1);
  EXPECT_EQ(observed.evidence_seen, observed.result.evidence.size());
  EXPECT_EQ(observed.result.outcome.analyzer, "hostile.acts");
  EXPECT_EQ(observed.result.outcome.family, Family::behavior);
}

INSTANTIATE_TEST_SUITE_P(
    Plugin, Misdeeds,
    ::testing::Values(Misdeed{"behave", "ok", ""}, Misdeed{"throw", "internal", "boom"},
                      Misdeed{"throw_int", "internal", "no std::exception"}, Misdeed{"segv", "crashed", "SIG"},
                      Misdeed{"abort", "crashed", "SIGABRT; its last words: about to abort"},
                      Misdeed{"terminate", "crashed", "SIGABRT"}, Misdeed{"overflow", "crashed", "SIG"},
                      Misdeed{"shrink", "crashed", "SIG"}, Misdeed{"leak", "resource", "memory", true},
                      Misdeed{"allocate", "resource", "memory", true}, Misdeed{"print", "ok", ""},
                      Misdeed{"exit", "lost", "exit code 0 without finishing"},
                      Misdeed{"quick_exit", "lost", "exit code 0 without finishing"},
                      Misdeed{"garbage", "lost", "malformed frame"}, Misdeed{"binary", "lost", "malformed frame"},
                      Misdeed{"endless_line", "lost", "more than 2 MiB"},
                      Misdeed{"deep_frame", "lost", "malformed frame"}, Misdeed{"forged_evidence", "lost", "outside 0"},
                      Misdeed{"unknown_frame", "ok", ""}, Misdeed{"forged_done", "lost", "after the last one"},
                      Misdeed{"unknown_status", "internal", "unknown status 17"},
                      Misdeed{"not_applicable", "not-applicable", "nothing to compare"}, Misdeed{"threads", "ok", ""},
                      Misdeed{"leave_thread", "ok", ""}, Misdeed{"chatter", "ok", ""}),
    [](const auto& tested) { return std::string(tested.param.act); });

// Long enough for a worker to start on a machine with other work; nothing below measures time closer than a minute.
constexpr auto kShortWall = std::chrono::milliseconds{4'000};

TEST(Outcome, of_a_plugin_that_spins_is_timed_out_and_the_host_is_not_held_up) {
  const auto observed = act("spin", [](auto& run) { run.wall = kShortWall; });
  EXPECT_EQ(kind_of(observed), "timed-out");
  EXPECT_THAT(observed.result.outcome.message, HasSubstr("did not end within 4 s"));
  EXPECT_EQ(observed.result.evidence.size(), 1u);
  EXPECT_LT(observed.result.outcome.seconds, 60);  // it would spin until its CPU limit, four minutes away
}

TEST(Outcome, of_a_plugin_that_heeds_the_deadline_is_timed_out_with_its_last_evidence) {
  const auto observed = act("wait", [](auto& run) {
    run.wall = kShortWall;
    run.grace = std::chrono::milliseconds{180'000};
  });
  EXPECT_EQ(kind_of(observed), "timed-out");
  ASSERT_EQ(observed.result.evidence.size(), 2u);
  EXPECT_EQ(observed.result.evidence[1].value, 2);
  EXPECT_LT(observed.result.outcome.seconds, 100);  // it did not wait for the end of the grace
}

TEST(Outcome, of_a_stop_request_is_cancelled) {
  std::stop_source source;
  const auto observed = act("wait", [&](auto& run) {
    run.stop = source.get_token();
    run.grace = std::chrono::milliseconds{180'000};
    run.on_evidence = [&] { source.request_stop(); };
  });
  EXPECT_EQ(kind_of(observed), "cancelled");
  EXPECT_EQ(observed.result.evidence.size(), 2u);
}

TEST(Outcome, of_a_stop_request_to_one_that_does_not_listen_is_cancelled_after_the_grace) {
  std::stop_source source;
  const auto observed = act("spin", [&](auto& run) {
    run.stop = source.get_token();
    run.on_evidence = [&] { source.request_stop(); };
  });
  EXPECT_EQ(kind_of(observed), "cancelled");
  EXPECT_EQ(observed.result.evidence.size(), 1u);
}

TEST(Outcome, of_a_stop_request_from_another_thread_is_cancelled) {
  std::stop_source source;
  std::jthread stopper{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    source.request_stop();
  }};
  EXPECT_EQ(kind_of(act("wait", [&](auto& run) { run.stop = source.get_token(); })), "cancelled");
}

TEST(Outcome, of_a_stop_request_made_before_is_cancelled_and_starts_nothing) {
  std::stop_source source;
  source.request_stop();
  const auto observed = act("behave", [&](auto& run) { run.stop = source.get_token(); });
  EXPECT_EQ(kind_of(observed), "cancelled");
  EXPECT_TRUE(observed.result.evidence.empty());
}

TEST(Outcome, of_a_plugin_that_closes_the_pipe_and_spins_is_timed_out) {
  const auto observed = act("close_frames", [](auto& run) { run.wall = kShortWall; });
  EXPECT_EQ(kind_of(observed), "timed-out");
  EXPECT_EQ(observed.result.evidence.size(), 1u);
}

TEST(Outcome, of_a_bad_option_is_config_and_names_it) {
  FixtureRun run{.analyzer = "fixture.counter"};
  run.config = {{"scale", 11}};
  auto observed = run_fixture(run);
  EXPECT_EQ(kind_of(observed), "config");
  EXPECT_THAT(observed.result.outcome.message, HasSubstr("'scale' is 11, expected 0 to 10"));
  run.config = {{"scael", 1}};
  observed = run_fixture(run);
  EXPECT_EQ(kind_of(observed), "config");
  EXPECT_THAT(observed.result.outcome.message, HasSubstr("unknown option 'scael'"));
  run.config = {{"scale", 7}};
  EXPECT_THAT(run_fixture(run).result.outcome.message, HasSubstr("this moon"));
}

TEST(Outcome, of_failures_in_the_constructor_is_named_like_any_other) {
  EXPECT_EQ(kind_of(act("throw_in_create")), "internal");
  EXPECT_EQ(kind_of(act("crash_in_create")), "crashed");
}

TEST(Outcome, of_input_and_resource_errors_carries_the_authors_words) {
  FixtureRun run{.analyzer = "fixture.counter"};
  run.config = {{"wish", "input"}};
  auto observed = run_fixture(run);
  EXPECT_EQ(kind_of(observed), "input");
  EXPECT_EQ(observed.result.outcome.message, "the config is truncated");
  run.config = {{"wish", "resource"}};
  EXPECT_EQ(kind_of(run_fixture(run)), "resource");
}

TEST(Outcome, of_a_missing_worker_program_is_lost_and_says_which) {
  worker::Job job;
  const auto found = plugin::find_analyzer(fixtures(), "fixture.counter");
  job.plugin = found.plugin;
  job.analyzer = found.analyzer;
  job.models = {{"a", "subject"}};
  const auto result = worker::run({"/nonexistent/pedigree-worker"}, job, {}, {});
  EXPECT_EQ(result.outcome.kind, OutcomeKind::lost);
  EXPECT_THAT(result.outcome.message, HasSubstr("/nonexistent/pedigree-worker"));
}

TEST(Printing, goes_to_the_log_and_leaves_the_frames_alone) {
  const auto observed = act("print");
  EXPECT_THAT(observed.log, Contains("printed: hello from stdout"));
  EXPECT_THAT(observed.log, Contains("printed: hello from stderr"));
}

TEST(Logging, of_a_chatterbox_is_bounded) {
  const auto observed = act("chatter");
  EXPECT_LE(observed.log.size(), 600u);
  EXPECT_THAT(observed.log, Contains("further messages are left out"));
}

TEST(Evidence, from_several_threads_arrives_whole) { EXPECT_EQ(act("threads").result.evidence.size(), 1u + 4 * 50); }

TEST(Evidence, beyond_the_runs_budget_loses_its_details_first) {
  // 80 pieces of 1 MB are more than 64 MiB: about 33 keep their details, all arrive.
  const auto observed = act("too_much");
  EXPECT_EQ(kind_of(observed), "ok") << observed.result.outcome.message;
  ASSERT_EQ(observed.result.evidence.size(), 81u);
  EXPECT_TRUE(observed.result.evidence[1].details.contains("a"));
  EXPECT_TRUE(observed.result.evidence.back().details.contains("omitted"));
}

TEST(Memory, limit_allows_what_fits_and_the_peak_is_stated) {
  const auto observed = act("behave");
  EXPECT_GT(observed.result.outcome.peak_mib, 0.5);
  if (!kSanitized) {
    EXPECT_LT(observed.result.outcome.peak_mib, 64);
  }
  EXPECT_GT(observed.result.outcome.seconds, 0);
}

}  // namespace
}  // namespace pedigree::testing
