// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/plugin/sample_manifest.hpp"

namespace pedigree::testing {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A folder of plugins as an installation leaves it.
class Discover : public ::testing::Test {
 protected:
  Discover() { fs::permissions(folder_.path(), fs::perms{0755}); }
  plugin::Discovered discover() const { return plugin::discover({{folder_.path()}, "/nonexistent/bin/pedigree"}); }
  static std::vector<std::string> codes(const plugin::Discovered& found) {
    std::vector<std::string> out;
    for (const auto& problem : found.problems) out.push_back(problem.code);
    return out;
  }
  static std::vector<std::string> ids(const plugin::Discovered& found) {
    std::vector<std::string> out;
    for (const auto& plugin : found.plugins) out.push_back(plugin.id);
    return out;
  }
  const TemporaryFolder folder_;
};

TEST_F(Discover, finds_every_manifest_in_the_order_of_its_name) {
  install(folder_, "two");
  install(folder_, "one");
  folder_.write("notes.txt", "x");
  const auto found = discover();
  EXPECT_EQ(ids(found), (std::vector<std::string>{"org.example.one", "org.example.two"}));
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.plugins[0].library, folder_.path() / "one.pedigree.so");
}

TEST_F(Discover, runs_no_code_of_a_plugin) {
  install(folder_, "one");  // its library is a text file: loading it would fail
  EXPECT_EQ(ids(discover()).size(), 1u);
}

TEST_F(Discover, says_that_a_library_without_a_manifest_is_left_out) {
  install(folder_, "one");
  folder_.write("lonely.pedigree.so", "library");
  const auto found = discover();
  EXPECT_EQ(ids(found), std::vector<std::string>{"org.example.one"});
  ASSERT_EQ(codes(found), std::vector<std::string>{"PED-G003"});
  EXPECT_EQ(found.problems[0].file, (folder_.path() / "lonely.pedigree.so").string());
  EXPECT_THAT(found.problems[0].suggestion, HasSubstr("lonely.pedigree.json"));
  EXPECT_EQ(found.problems[0].severity, Severity::warning);
}

TEST_F(Discover, of_an_empty_folder_is_empty) {
  EXPECT_TRUE(discover().plugins.empty());
  EXPECT_TRUE(discover().problems.empty());
}

TEST_F(Discover, leaves_out_a_world_writable_folder_and_says_why) {
  install(folder_, "one");
  fs::permissions(folder_.path(), fs::perms{0777});
  const auto found = discover();
  EXPECT_TRUE(found.plugins.empty());
  ASSERT_EQ(codes(found), std::vector<std::string>{"PED-G001"});
  EXPECT_THAT(found.problems[0].message, HasSubstr("writable"));
  EXPECT_EQ(found.problems[0].severity, Severity::error);
}

TEST_F(Discover, leaves_out_only_the_file_that_others_can_write) {
  install(folder_, "one");
  install(folder_, "two");
  fs::permissions(folder_.path() / "one.pedigree.so", fs::perms{0666});
  const auto found = discover();
  EXPECT_EQ(ids(found), std::vector<std::string>{"org.example.two"});
  EXPECT_EQ(codes(found), std::vector<std::string>{"PED-G001"});
}

TEST_F(Discover, names_a_missing_library_and_a_broken_manifest) {
  install(folder_, "one");
  fs::remove(folder_.path() / "one.pedigree.so");
  folder_.write("two.pedigree.json", "{\"schema\": 1");
  const auto found = discover();
  EXPECT_TRUE(found.plugins.empty());
  EXPECT_EQ(codes(found), (std::vector<std::string>{"PED-G004", "PED-G003"}));
}

TEST_F(Discover, does_not_follow_links_nor_wait_for_pipes) {
  const TemporaryFolder elsewhere;
  const auto manifest = install(elsewhere, "one");
  fs::create_symlink(manifest, folder_.path() / "one.pedigree.json");
  ASSERT_EQ(::mkfifo((folder_.path() / "two.pedigree.json").c_str(), 0600), 0);
  const auto found = discover();
  EXPECT_TRUE(found.plugins.empty());
  EXPECT_EQ(found.problems.size(), 2u);
}

TEST_F(Discover, keeps_the_first_of_two_plugins_of_one_name) {
  const TemporaryFolder second;
  fs::permissions(second.path(), fs::perms{0755});
  install(folder_, "one");
  install(second, "one");
  const auto found = plugin::discover({{folder_.path(), second.path()}, "/nonexistent/bin/pedigree"});
  ASSERT_EQ(found.plugins.size(), 1u);
  EXPECT_EQ(found.plugins[0].library.parent_path(), folder_.path());
  ASSERT_EQ(codes(found), std::vector<std::string>{"PED-G005"});
  EXPECT_EQ(found.problems[0].severity, Severity::warning);
}

TEST_F(Discover, names_a_folder_that_is_missing_or_relative) {
  const auto found = plugin::discover({{folder_.path() / "absent", "plugins"}, "/nonexistent/bin/pedigree"});
  EXPECT_EQ(codes(found), (std::vector<std::string>{"PED-G002", "PED-G002"}));
}

}  // namespace
}  // namespace pedigree::testing
