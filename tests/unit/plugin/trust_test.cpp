// SPDX-License-Identifier: MIT
#include "framework/plugin/trust.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/temporary_folder.hpp"

namespace pedigree::testing {
namespace {
namespace fs = std::filesystem;
using plugin::TrustRules;

constexpr uid_t kStranger = 54321;

std::string verdict(const io::Status& status) { return status.ok() ? "trusted" : status.error().code; }

/// a/b/c below a fresh folder, all closed to others; the rules of this user, with no program.
class Trust : public ::testing::Test {
 protected:
  Trust() {
    fs::create_directories(folder());
    for (const auto& path : {folder_.path(), above(), folder()}) fs::permissions(path, fs::perms{0755});
  }
  fs::path above() const { return folder_.path() / "a"; }
  fs::path folder() const { return folder_.path() / "a" / "b"; }
  std::string of_folder() const { return verdict(check_folder(folder(), rules_)); }
  void open_up(const fs::path& path, unsigned mode) const { ASSERT_EQ(::chmod(path.c_str(), mode), 0); }

  const TemporaryFolder folder_;
  TrustRules rules_{::geteuid(), {}};
};

TEST_F(Trust, is_given_to_a_folder_that_only_the_user_and_root_can_write) { EXPECT_EQ(of_folder(), "trusted"); }

TEST_F(Trust, is_given_below_a_sticky_folder_that_everybody_can_write) {
  open_up(above(), 01777);  // as /tmp: others cannot rename or delete what the user owns there
  EXPECT_EQ(of_folder(), "trusted");
}

TEST_F(Trust, is_refused_when_others_or_the_group_can_write_the_folder) {
  open_up(folder(), 0757);
  EXPECT_EQ(of_folder(), "UNTRUSTED_MODE");
  open_up(folder(), 0775);
  EXPECT_EQ(of_folder(), "UNTRUSTED_MODE");
}

TEST_F(Trust, is_refused_when_others_can_write_the_folder_itself_although_it_is_sticky) {
  open_up(folder(), 01777);  // others could add a plugin
  EXPECT_EQ(of_folder(), "UNTRUSTED_MODE");
}

TEST_F(Trust, is_refused_when_others_can_write_a_folder_above) {
  open_up(above(), 0777);
  const auto status = check_folder(folder(), rules_);
  EXPECT_EQ(verdict(status), "UNTRUSTED_MODE");
  EXPECT_EQ(status.error().file, above().string());
  EXPECT_NE(status.error().hint.find("chmod go-w"), std::string::npos);
}

TEST_F(Trust, is_refused_when_a_stranger_owns_the_folder_or_one_above) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  ASSERT_EQ(::chown(above().c_str(), kStranger, kStranger), 0);
  EXPECT_EQ(of_folder(), "UNTRUSTED_OWNER");
  ASSERT_EQ(::chown(above().c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(folder().c_str(), kStranger, kStranger), 0);
  EXPECT_EQ(of_folder(), "UNTRUSTED_OWNER");
}

TEST_F(Trust, asks_for_the_effective_user_or_root) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  ASSERT_EQ(::chown(folder().c_str(), kStranger, kStranger), 0);
  rules_.user = kStranger;
  EXPECT_EQ(of_folder(), "trusted");  // the folders above belong to root
}

TEST_F(Trust, does_not_judge_folders_that_lead_to_the_program_itself) {
  // Who can write `above` can replace the program that would judge it.
  open_up(above(), 0777);
  rules_.program = above() / "bin" / "pedigree";
  EXPECT_EQ(of_folder(), "trusted");
  open_up(folder(), 0777);  // but this folder does not lead to the program
  EXPECT_EQ(of_folder(), "UNTRUSTED_MODE");
}

TEST_F(Trust, is_refused_to_relative_and_roundabout_paths) {
  EXPECT_EQ(verdict(check_folder("plugins", rules_)), "PATH_NOT_ABSOLUTE");
  EXPECT_EQ(verdict(check_folder("", rules_)), "PATH_NOT_ABSOLUTE");
  EXPECT_EQ(verdict(check_folder(folder() / ".." / "b", rules_)), "PATH_NOT_CANONICAL");
  fs::create_directory_symlink(folder(), folder_.path() / "link");
  EXPECT_EQ(verdict(check_folder(folder_.path() / "link", rules_)), "PATH_NOT_CANONICAL");
  EXPECT_EQ(verdict(check_folder(folder() / "", rules_)), "trusted");
}

TEST_F(Trust, is_refused_to_what_is_no_folder) {
  EXPECT_EQ(verdict(check_folder(folder() / "absent", rules_)), "FOLDER_MISSING");
  EXPECT_EQ(verdict(check_folder(folder_.write("a/b/file", "x"), rules_)), "FOLDER_MISSING");
}

TEST_F(Trust, of_a_file_follows_the_same_owner_and_mode_and_no_link) {
  const auto file = folder_.write("a/b/x.pedigree.so", "x");
  fs::permissions(file, fs::perms{0644});
  EXPECT_TRUE(open_trusted(file, rules_).ok());
  fs::permissions(file, fs::perms{0664});
  EXPECT_EQ(open_trusted(file, rules_).error().code, "UNTRUSTED_MODE");
  fs::permissions(file, fs::perms{0644});
  fs::create_symlink(file, folder() / "link.pedigree.so");
  EXPECT_EQ(open_trusted(folder() / "link.pedigree.so", rules_).error().code, "OPEN_FAILED");
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(file.c_str(), kStranger, kStranger), 0);
    EXPECT_EQ(open_trusted(file, rules_).error().code, "UNTRUSTED_OWNER");
  }
}

}  // namespace
}  // namespace pedigree::testing
