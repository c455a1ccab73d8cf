// SPDX-License-Identifier: MIT
#include "framework/core/atomic_write.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "framework/core/descriptor.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using pedigree::testing::TemporaryFolder;

std::string content(const fs::path& file) { return pedigree::read_file(file, 1 << 20).value(); }

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
}

/// Files of this process may not grow beyond `bytes` while it lives; a write then fails with EFBIG.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(AtomicWrite, makes_the_file_with_the_bytes_and_nothing_else) {
  const TemporaryFolder folder;
  const std::string bytes = std::string("a\0b", 3) + std::string(100'000, 'z');
  ASSERT_TRUE(pedigree::atomic_write(folder.path() / "report.json", bytes).ok());
  EXPECT_EQ(content(folder.path() / "report.json"), bytes);
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicWrite, replaces_an_existing_file_whole) {
  const TemporaryFolder folder;
  const auto file = folder.write("x", "a longer old content");
  ASSERT_TRUE(pedigree::atomic_write(file, "new").ok());
  EXPECT_EQ(content(file), "new");
}

TEST(AtomicWrite, replaces_a_symbolic_link_and_leaves_its_target) {
  const TemporaryFolder folder;
  const auto target = folder.write("target", "kept");
  fs::create_symlink(target, folder.path() / "link");
  ASSERT_TRUE(pedigree::atomic_write(folder.path() / "link", "new").ok());
  EXPECT_EQ(content(target), "kept");
  EXPECT_FALSE(fs::is_symlink(folder.path() / "link"));
}

TEST(AtomicWrite, gives_the_permissions_asked_for) {
  const TemporaryFolder folder;
  ASSERT_TRUE(pedigree::atomic_write(folder.path() / "secret", "x", 0600).ok());
  struct stat status {};
  ASSERT_EQ(::stat((folder.path() / "secret").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST(AtomicWrite, on_a_full_disk_says_so_and_keeps_the_old_file_and_leaves_no_part) {
  const TemporaryFolder folder;
  const auto file = folder.write("x", "old");
  const FileSizeLimit limit{4096};
  const auto written = pedigree::atomic_write(file, std::string(8192, 'n'));
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, "DISK_FULL");
  EXPECT_EQ(content(file), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(AtomicWrite, into_a_missing_folder_or_over_a_folder_is_an_error) {
  const TemporaryFolder folder;
  EXPECT_EQ(pedigree::atomic_write(folder.path() / "absent" / "x", "b").error().code, "WRITE_FAILED");
  fs::create_directory(folder.path() / "taken");
  EXPECT_EQ(pedigree::atomic_write(folder.path() / "taken", "b").error().code, "WRITE_FAILED");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(ReadFile, refuses_more_bytes_than_allowed_and_reads_exactly_the_limit) {
  const TemporaryFolder folder;
  const auto file = folder.write("x", "12345");
  EXPECT_EQ(pedigree::read_file(file, 5).value(), "12345");
  EXPECT_EQ(pedigree::read_file(file, 4).error().code, "FILE_TOO_LARGE");
}

TEST(ReadFile, refuses_a_symbolic_link_when_told_to) {
  const TemporaryFolder folder;
  const auto file = folder.write("x", "12345");
  fs::create_symlink(file, folder.path() / "link");
  EXPECT_TRUE(pedigree::read_file(folder.path() / "link", 10).ok());
  EXPECT_EQ(pedigree::read_file(folder.path() / "link", 10, pedigree::Links::refuse).error().code, "OPEN_FAILED");
}

}  // namespace
