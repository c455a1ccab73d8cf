// SPDX-License-Identifier: MIT
// The option pattern: RE2 with one group (loss) or two (step and loss).
#include <gtest/gtest.h>

#include <chrono>

#include "pedigree/io/training_log.hpp"
#include "plugins/training_log/curve.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::training_log {
namespace {

TEST(Pattern, two_groups_are_step_and_loss) {
  const auto log =
      io::read_training_log("x.log", "t=5 | L:9.25 nats\nnothing\nt=10 | L:8.5 nats\n", R"(t=(\d+) \| L:([0-9.]+))");
  ASSERT_TRUE(log.ok()) << log.error().text();
  ASSERT_EQ(log->points.size(), 2u);
  EXPECT_EQ(*log->points[0].step, 5);
  EXPECT_EQ(*log->points[0].loss, 9.25);
  EXPECT_EQ(*log->points[1].step, 10);
}

TEST(Pattern, one_group_is_the_loss) {
  const auto log = io::read_training_log("x.log", "L:9.25\nL:8.5\n", "L:([0-9.]+)");
  ASSERT_TRUE(log.ok());
  ASSERT_EQ(log->points.size(), 2u);
  EXPECT_FALSE(log->points[0].step.has_value());
  EXPECT_EQ(*log->points[1].loss, 8.5);
}

TEST(Pattern, without_a_group_the_whole_match_is_the_loss_or_nothing) {
  const auto log = io::read_training_log("x.log", "9.25\n8.5\n", "^[0-9.]+$");
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(*log->points[0].loss, 9.25);
  EXPECT_EQ(io::read_training_log("x.log", "a\nb\n", "a").error().code, "LOG_NO_LOSS");
}

TEST(Pattern, a_bad_pattern_is_named_with_its_fault) {
  const auto log = io::read_training_log("x.log", "loss 1\n", "loss (");
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().code, "LOG_PATTERN");
  EXPECT_NE(log.error().text().find("missing )"), std::string::npos) << log.error().text();
  const auto result = testing::run_analyzer<Curve>({{"subject", {}, {{"training-log", "x.log", "loss 1\n"}}}},
                                                   R"x({"pattern": "(?=loss)"})x");
  EXPECT_NE(result.status, PEDIGREE_OK);
  EXPECT_NE(result.error.find("RE2"), std::string::npos) << result.error;
}

TEST(Pattern, patterns_and_lines_that_hang_backtracking_engines_end_at_once) {
  const std::string line(1 << 20, 'a');
  const auto start = std::chrono::steady_clock::now();
  for (const char* pattern : {"(a+)+$", "(a|aa)*b", "(.*)(.*)(.*)(.*)x", "((a*)*)*b", "(a{1,100}){1,10}b"}) {
    (void)io::read_training_log("x.log", line + "\nloss 1\n" + line, pattern);
  }
  // A pattern too large to be compiled is an error, not a loss of memory.
  EXPECT_FALSE(io::read_training_log("x.log", "loss 1\n", "((((a{1000}){1000}){1000}){1000})").ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace pedigree::training_log
