// SPDX-License-Identifier: MIT
// Evidence that cannot stand is refused where it is made; plugins that are not what they say are refused before they
// run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/abi/fixture_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::testing {
namespace {

using ::testing::HasSubstr;

struct Bent {
  const char* act;
  const char* reason;
};

class BentEvidence : public ::testing::TestWithParam<Bent> {};

TEST_P(BentEvidence, is_refused_as_an_error_of_the_plugin_and_counted) {
  const auto observed = act(GetParam().act);
  EXPECT_EQ(kind_of(observed), "internal");
  EXPECT_THAT(observed.result.outcome.message, HasSubstr("1 refused, the first: "));
  EXPECT_THAT(observed.result.outcome.message, HasSubstr(GetParam().reason));
  EXPECT_EQ(observed.result.evidence.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Evidence, BentEvidence,
                         ::testing::Values(Bent{"nan", "not finite"}, Bent{"infinite_ratio", "log10_lr is not finite"},
                                           Bent{"positive_p", "log10_p"}, Bent{"undeclared", "not declared"},
                                           Bent{"out_of_range", "1001.0 is outside 0.0 to 1000.0"},
                                           Bent{"unknown_relation", "unknown relation 'cousin'"},
                                           Bent{"unknown_reference", "'nobody/asked' is no reference"},
                                           Bent{"subject_as_reference", "'us/subject' is no reference"},
                                           Bent{"huge_details", "larger than 1 MiB"},
                                           Bent{"broken_details", "details_json is not valid JSON"},
                                           Bent{"deep_details", "details_json is not valid JSON"},
                                           Bent{"list_details", "not a JSON object"},
                                           Bent{"broken_params", "params_json is not valid JSON"},
                                           Bent{"bad_utf8", "component"}, Bent{"empty_component", "component"}),
                         [](const auto& tested) { return std::string(tested.param.act); });

TEST(PlainC, plugin_without_the_sdk_with_shorter_and_longer_structs_is_read_up_to_what_each_side_knows) {
  const auto observed = run_fixture({.analyzer = "plain.c"});
  EXPECT_EQ(kind_of(observed), "ok") << observed.result.outcome.message;
  ASSERT_EQ(observed.result.evidence.size(), 2u);
  EXPECT_EQ(observed.result.evidence[0].signal, "plain.first");
  EXPECT_EQ(observed.result.evidence[0].value, 3);  // three models in the request
  EXPECT_EQ(observed.result.evidence[1].signal, "plain.second");
  EXPECT_EQ(observed.result.evidence[0].unit, "count");
  EXPECT_TRUE(observed.result.evidence[0].details.empty());
  EXPECT_TRUE(observed.result.evidence[0].summary_key.empty());
  EXPECT_THAT(observed.result.outcome.message, HasSubstr("2 refused"));
}

TEST(Manifest, that_lies_about_the_analyzer_is_refused_before_it_runs) {
  plugin::Manifest lie = *plugin::find_analyzer(fixtures(), "fixture.counter").plugin;
  lie.analyzers[0].signals[0].maximum = 5;
  const auto observed = run_fixture({.analyzer = "fixture.counter", .plugin = &lie});
  EXPECT_EQ(kind_of(observed), "refused");
  EXPECT_THAT(observed.result.outcome.message, HasSubstr("not what its manifest says"));
  EXPECT_TRUE(observed.result.evidence.empty());
}

TEST(Manifest, that_lies_about_the_version_is_refused) {
  plugin::Manifest lie = *plugin::find_analyzer(fixtures(), "fixture.counter").plugin;
  lie.version = "9.9.9";
  EXPECT_EQ(kind_of(run_fixture({.analyzer = "fixture.counter", .plugin = &lie})), "refused");
}

TEST(Library, that_describes_itself_differently_when_run_is_refused) {
  EXPECT_EQ(kind_of(run_fixture({.analyzer = "fixture.chameleon"})), "refused");
}

TEST(Library, changed_after_its_manifest_was_written_is_refused_unloaded) {
  const TemporaryFolder folder;
  plugin::Manifest changed = *plugin::find_analyzer(fixtures(), "fixture.counter").plugin;
  const auto copy = folder.path() / changed.library.filename();
  std::filesystem::copy_file(changed.library, copy);
  std::ofstream{copy, std::ios::app} << "one more byte";
  changed.library = copy;
  const auto observed = run_fixture({.analyzer = "fixture.counter", .plugin = &changed});
  EXPECT_EQ(kind_of(observed), "refused");
  EXPECT_THAT(observed.result.outcome.message, HasSubstr("SHA-256"));
}

TEST(Library, that_is_gone_or_a_link_or_no_library_is_refused) {
  const TemporaryFolder folder;
  const auto& real = *plugin::find_analyzer(fixtures(), "fixture.counter").plugin;
  plugin::Manifest other = real;
  const auto outcome = [&] { return kind_of(run_fixture({.analyzer = "fixture.counter", .plugin = &other})); };
  other.library = folder.path() / "gone.pedigree.so";
  EXPECT_EQ(outcome(), "refused");
  other.library = folder.path() / "link.pedigree.so";
  std::filesystem::create_symlink(real.library, other.library);
  EXPECT_EQ(outcome(), "refused");
  other.library = folder.write("text.pedigree.so", "this is no library");
  EXPECT_EQ(outcome(), "refused");
}

}  // namespace
}  // namespace pedigree::testing
