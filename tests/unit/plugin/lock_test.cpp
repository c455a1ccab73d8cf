// SPDX-License-Identifier: MIT
#include "framework/plugin/lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/plugin/sample_manifest.hpp"

namespace pedigree::testing {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Two installed plugins and the lock of them.
class PluginLock : public ::testing::Test {
 protected:
  PluginLock() {
    fs::permissions(folder_.path(), fs::perms{0755});
    install(folder_, "one");
    install(folder_, "two");
    lock_ = plugin::lock_of(found().plugins).value();
  }
  plugin::Discovered found() const { return plugin::discover({{folder_.path()}, "/nonexistent/bin/pedigree"}); }

  const TemporaryFolder folder_;
  plugin::Lock lock_;
};

TEST_F(PluginLock, survives_the_way_to_the_file_and_back) {
  const auto file = folder_.path() / "plugins.lock";
  ASSERT_TRUE(plugin::write_lock(file, lock_).ok());
  EXPECT_EQ(plugin::read_lock(file).value(), lock_);
  EXPECT_EQ(lock_[0].sha256, sha256_hex("library one"));
}

TEST_F(PluginLock, verifies_what_did_not_change) { EXPECT_TRUE(plugin::verify_lock(found().plugins, lock_).empty()); }

TEST_F(PluginLock, names_a_library_that_changed_although_its_manifest_did_not) {
  folder_.write("one.pedigree.so", "library one, changed");
  const auto differences = plugin::verify_lock(found().plugins, lock_);
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].code, "PED-G006");
  EXPECT_THAT(differences[0].message, HasSubstr("org.example.one"));
}

TEST_F(PluginLock, names_a_plugin_that_came_and_one_that_went) {
  fs::remove(folder_.path() / "one.pedigree.json");
  install(folder_, "three");
  const auto differences = plugin::verify_lock(found().plugins, lock_);
  ASSERT_EQ(differences.size(), 2u);
  EXPECT_EQ(differences[0].code, "PED-G008");
  EXPECT_THAT(differences[1].message, HasSubstr("'org.example.one' is not installed"));
}

TEST_F(PluginLock, keeps_locked_plugins_only) {
  install(folder_, "three");
  auto one = sample_manifest("one");
  one.version = "1.2.4";
  one.sha256 = sha256_hex("library one");
  folder_.write("one.pedigree.json", plugin::to_json(one).dump());
  const auto kept = plugin::keep_locked(found(), lock_);
  ASSERT_EQ(kept.plugins.size(), 1u);
  EXPECT_EQ(kept.plugins[0].id, "org.example.two");
  ASSERT_EQ(kept.problems.size(), 2u);
  EXPECT_EQ(kept.problems[0].code, "PED-G006");
  EXPECT_EQ(kept.problems[1].code, "PED-G008");
}

TEST_F(PluginLock, is_not_written_over_a_library_that_is_not_the_manifests) {
  folder_.write("one.pedigree.so", "another library");
  EXPECT_EQ(plugin::lock_of(found().plugins).error().code, "LOCK_CHANGED");
}

TEST_F(PluginLock, file_that_is_broken_is_refused) {
  const auto code = [&](const std::string& text) {
    const auto read = plugin::read_lock(folder_.write("bad.lock", text));
    return read.ok() ? "accepted" : read.error().code;
  };
  const std::string head = R"({"schema":"pedigree/plugin-lock/v1","plugins":)";
  EXPECT_EQ(code(head + "[]}"), "accepted");
  EXPECT_EQ(code(""), "LOCK_INVALID");
  EXPECT_EQ(code("[]"), "LOCK_INVALID");
  EXPECT_EQ(code("{}"), "LOCK_INVALID");
  EXPECT_EQ(code(head + "{}}"), "LOCK_INVALID");
  EXPECT_EQ(code(head + R"([{"id":"a","version":"1.0.0"}]})"), "LOCK_INVALID");
  EXPECT_EQ(code(head + R"([{"id":"A b","version":"1.0.0","sha256":"x"}]})"), "LOCK_INVALID");
  EXPECT_EQ(code(head + R"([{"id":"a","version":"1","sha256":"x"},{"id":"a","version":"1","sha256":"x"}]})"),
            "LOCK_INVALID");
  EXPECT_EQ(plugin::read_lock(folder_.path() / "absent.lock").error().code, "OPEN_FAILED");
}

}  // namespace
}  // namespace pedigree::testing
