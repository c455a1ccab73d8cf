// SPDX-License-Identifier: MIT
// What a plugin can reach from inside a worker. Layers the kernel does not offer are left out of the expectations.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/abi/fixture_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::testing {
namespace {

bool has_layer(const Observed& observed, const std::string& prefix) {
  const auto& layers = observed.result.sandbox;
  return std::any_of(layers.begin(), layers.end(), [&](const auto& layer) { return layer.rfind(prefix, 0) == 0; });
}

std::map<std::string, bool> reached(const Observed& observed) {
  std::map<std::string, bool> found;
  for (const auto& record : observed.result.evidence)
    if (record.signal == "hostile.reach") found[record.summary_key] = record.value == 1;
  return found;
}

class Sandbox : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("PEDIGREE_TEST_SECRET", "hidden", 1);
    // A descriptor without close-on-exec, as a careless host program might hold.
    ASSERT_EQ(::dup2(STDERR_FILENO, 200), 200);
  }
  void TearDown() override {
    ::unsetenv("PEDIGREE_TEST_SECRET");
    ::close(200);
    std::filesystem::remove("/tmp/pedigree-hostile-note");
  }
  const TemporaryFolder scratch_;
};

TEST_F(Sandbox, takes_everything_away_that_an_analyzer_does_not_need) {
  const auto observed = act("reach", [&](auto& run) { run.scratch_dir = scratch_.path().string(); });
  ASSERT_EQ(kind_of(observed), "ok") << observed.result.outcome.message;
  const auto got = reached(observed);
  EXPECT_TRUE(has_layer(observed, "rlimits"));
  EXPECT_TRUE(has_layer(observed, "no-new-privs"));
  for (const char* never : {"secret_in_environment", "inherited_descriptor", "core_dump", "new_privileges",
                            "write_in_folder", "write_in_scratch"})
    EXPECT_FALSE(got.at(never)) << never;
  if (has_layer(observed, "landlock")) {
    EXPECT_FALSE(got.at("write_in_tmp"));
  }
  if (has_layer(observed, "seccomp")) {
    for (const char* denied : {"inet_socket", "unix_socket", "fork", "signal_parent", "chmod", "raise_limit"})
      EXPECT_FALSE(got.at(denied)) << denied;
  }
  for (const char* needed : {"read_system", "thread"}) EXPECT_TRUE(got.at(needed)) << needed;
}

TEST_F(Sandbox, lets_an_analyzer_write_into_its_scratch_folder_and_use_the_network_when_it_declares_so) {
  const auto observed = act("reach", [&](auto& run) {
    run.analyzer = "hostile.permitted";
    run.scratch_dir = scratch_.path().string();
    run.config["key_env"] = "PEDIGREE_TEST_SECRET";
  });
  ASSERT_EQ(kind_of(observed), "ok") << observed.result.outcome.message;
  const auto got = reached(observed);
  EXPECT_TRUE(got.at("inet_socket"));
  EXPECT_TRUE(got.at("write_in_scratch"));
  EXPECT_TRUE(std::filesystem::exists(scratch_.path() / "kept.txt"));
  EXPECT_TRUE(got.at("secret_in_environment")) << "the variable named by an option *_env is passed on";
  if (has_layer(observed, "landlock")) {
    EXPECT_FALSE(got.at("write_in_tmp"));
  }
  if (has_layer(observed, "seccomp")) {
    EXPECT_FALSE(got.at("fork"));
  }
}

TEST_F(Sandbox, never_passes_on_a_variable_that_is_no_key) {
  ::setenv("UNRELATED_SECRET", "hidden", 1);
  const auto observed = act("reach", [&](auto& run) {
    run.analyzer = "hostile.permitted";
    run.config["key_env"] = "UNRELATED_SECRET";
  });
  ::unsetenv("UNRELATED_SECRET");
  EXPECT_FALSE(reached(observed).at("secret_in_environment"));
}

TEST(Sandboxing, leaves_no_working_folder_behind) {
  const TemporaryFolder temporary;
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", temporary.path().c_str(), 1);
  act("segv");
  act("behave");
  if (before == nullptr)
    ::unsetenv("TMPDIR");
  else
    ::setenv("TMPDIR", kept.c_str(), 1);
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

}  // namespace
}  // namespace pedigree::testing
