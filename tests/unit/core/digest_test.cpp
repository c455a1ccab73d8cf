// SPDX-License-Identifier: MIT
#include "framework/core/digest.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace {

using pedigree::testing::TemporaryFolder;

// The two short examples of FIPS 180-2, appendix B.1 and B.2, and the well-known digest of nothing.
constexpr auto kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto kLong = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr auto kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, agrees_with_the_examples_of_fips_180) {
  EXPECT_EQ(pedigree::sha256_hex("abc"), kAbc);
  EXPECT_EQ(pedigree::sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), kLong);
  EXPECT_EQ(pedigree::sha256_hex(""), kEmpty);
}

TEST(Sha256, does_not_depend_on_how_the_bytes_are_cut) {
  pedigree::Sha256 digest;
  digest.update("a");
  digest.update("");
  digest.update("bc");
  EXPECT_EQ(digest.hex(), kAbc);
}

TEST(Sha256, of_a_descriptor_starts_at_the_beginning_and_leaves_the_position) {
  const TemporaryFolder folder;
  const auto file = folder.write("abc", "abc");
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(::lseek(fd, 2, SEEK_SET), 2);
  EXPECT_EQ(pedigree::sha256_of_descriptor(fd, "abc").value(), kAbc);
  std::uint64_t seen = 0;
  const auto count = [&](std::uint64_t bytes) { return (seen += bytes) > 0; };
  EXPECT_EQ(pedigree::sha256_of_descriptor(fd, "abc", count).value(), kAbc);
  EXPECT_EQ(seen, 3u);
  const auto stopped = pedigree::sha256_of_descriptor(fd, "abc", [](std::uint64_t) { return false; });
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, "INTERRUPTED");
  EXPECT_EQ(::lseek(fd, 0, SEEK_CUR), 2);
  ::close(fd);
}

TEST(Sha256, of_a_file_longer_than_one_block_is_that_of_its_bytes) {
  const TemporaryFolder folder;
  const std::string bytes(3'000'001, 'x');
  EXPECT_EQ(pedigree::sha256_of_file(folder.write("long", bytes)).value(), pedigree::sha256_hex(bytes));
}

TEST(Sha256, of_what_is_no_regular_file_is_an_error_and_never_blocks) {
  const TemporaryFolder folder;
  EXPECT_EQ(pedigree::sha256_of_file(folder.path() / "absent").error().code, "OPEN_FAILED");
  EXPECT_EQ(pedigree::sha256_of_file(folder.path()).error().code, "NOT_A_FILE");
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(pedigree::sha256_of_file(pipe).error().code, "NOT_A_FILE");
}

}  // namespace
