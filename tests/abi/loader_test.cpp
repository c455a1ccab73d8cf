// SPDX-License-Identifier: MIT
// Libraries that are no plugins, plugins of another time, and descriptors with one bad fact.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "framework/worker/library.hpp"
#include "tests/abi/fixture_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::testing {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;

fs::path unfit(const std::string& name) { return fs::path{PEDIGREE_UNFIT} / (name + ".pedigree.so"); }

std::string refusal_of(const std::string& name) {
  const auto described = worker::describe(unfit(name), {});
  return described ? "accepted" : described.error().text();
}

TEST(Loader, refuses_another_major_without_running_its_code) {
  EXPECT_THAT(refusal_of("version_two"), HasSubstr("exports pedigree_plugin_v2, this host speaks v1"));
}

TEST(Loader, refuses_a_library_that_is_no_plugin_without_running_its_code) {
  EXPECT_THAT(refusal_of("no_entry"), HasSubstr("does not export pedigree_plugin_v1"));
}

TEST(Loader, refuses_a_plugin_that_needs_a_newer_minor) {
  EXPECT_THAT(refusal_of("too_new"), HasSubstr("newer minor"));
}

TEST(Loader, refuses_a_library_with_an_unresolved_symbol_and_names_it) {
  EXPECT_THAT(refusal_of("unresolved"), HasSubstr("function_that_nobody_has"));
}

TEST(Loader, accepts_the_same_descriptor_without_its_bad_fact) { EXPECT_EQ(refusal_of("good"), "accepted"); }

struct BadFact {
  const char* name;
  const char* message;
};
class BadDescriptor : public ::testing::TestWithParam<BadFact> {};
TEST_P(BadDescriptor, is_refused_and_the_fact_is_named) {
  EXPECT_THAT(refusal_of(std::string("bad_") + GetParam().name), HasSubstr(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(Descriptor, BadDescriptor,
                         ::testing::Values(BadFact{"range", "minimum < maximum"}, BadFact{"infinite", "finite"},
                                           BadFact{"twice", "declared twice"}, BadFact{"size", "struct_size"},
                                           BadFact{"kind", "unknown kind 9"}, BadFact{"count", "signal_count"},
                                           BadFact{"id", "identifier"}, BadFact{"text", "UTF-8"},
                                           BadFact{"schema", "no default"}, BadFact{"null", "is null"},
                                           BadFact{"version", "MAJOR.MINOR.PATCH"}, BadFact{"licence", "licence"}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Loader, refuses_every_prefix_of_a_library_without_running_it) {
  const TemporaryFolder folder;
  const auto whole = read_file(unfit("good"), std::size_t{1} << 30).value();
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, whole.size() / 2, whole.size() - 1}) {
    const auto file = folder.write("cut.pedigree.so", whole.substr(0, size));
    EXPECT_FALSE(worker::open_library(file).ok()) << size;
  }
}

TEST(Loader, survives_every_single_byte_changed_in_the_headers_it_reads) {
  // The file header, and the section table at the end of the file: whatever they say, the answer is a value.
  const TemporaryFolder folder;
  const auto whole = read_file(unfit("good"), std::size_t{1} << 30).value();
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < 64; ++i) places.push_back(i);
  for (std::size_t i = whole.size() > 2048 ? whole.size() - 2048 : 64; i < whole.size(); i += 13) places.push_back(i);
  std::size_t refused = 0;
  for (const auto place : places) {
    auto changed = whole;
    changed[place] = static_cast<char>(changed[place] ^ 0xFF);
    refused += worker::open_library(folder.write("changed.pedigree.so", changed)).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 10u);
}

TEST(Describe, names_a_missing_or_broken_catalogue_of_messages) {
  const TemporaryFolder folder;
  const auto with = [&](const std::string& messages) {
    const auto described = worker::describe(unfit("good"), folder.write("messages.json", messages));
    return described ? "accepted" : described.error().text();
  };
  EXPECT_EQ(with(R"({"a": {"en": "A", "ko": "가"}})"), "accepted");
  EXPECT_THAT(with(R"({"a": {"ko": "가"}})"), HasSubstr("/a"));
  EXPECT_THAT(with(R"({"a": "A"})"), HasSubstr("/a"));
  EXPECT_THAT(with(R"({"a": )"), HasSubstr("messages.json"));
  EXPECT_FALSE(worker::describe(unfit("good"), folder.path() / "absent.json").ok());
}

}  // namespace
}  // namespace pedigree::testing
