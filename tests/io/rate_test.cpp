// SPDX-License-Identifier: MIT
#include "pedigree/io/rate.hpp"

#include <gtest/gtest.h>

namespace pedigree::io {
namespace {

TEST(Rate, says_bytes_rate_and_time_left) {
  EXPECT_EQ(rate_of_bytes(0, 4'600'000'000, 0), "0.0 of 4.6 GB");
  // 1.2 GB in 2 s are 0.6 GB/s; the other 3.4 GB take 5.7 s.
  EXPECT_EQ(rate_of_bytes(1'200'000'000, 4'600'000'000, 2), "1.2 of 4.6 GB, 0.6 GB/s, 6 s left");
  // 10 of 1000 GB in 10 s: 990 s are 16.5 minutes.
  EXPECT_EQ(rate_of_bytes(10'000'000'000, 1'000'000'000'000, 10), "10.0 of 1000.0 GB, 1.0 GB/s, 17 min left");
}

TEST(Rate, more_than_was_planned_is_the_whole) {
  EXPECT_EQ(rate_of_bytes(5'000'000'000, 4'000'000'000, 5), "5.0 of 5.0 GB, 1.0 GB/s, 0 s left");
  EXPECT_EQ(rate_of_pieces(5, 4, 5), "5 of 5, 0 s left");
}

TEST(Rate, counts_pieces) {
  EXPECT_EQ(rate_of_pieces(0, 32, 9), "0 of 32");
  EXPECT_EQ(rate_of_pieces(12, 32, 24), "12 of 32, 40 s left");  // 2 s each, 20 to go
}

TEST(Rate, hours_are_hours) {
  EXPECT_EQ(time_left(7199), "120 min left");
  EXPECT_EQ(time_left(7201), "3 h left");
  EXPECT_EQ(time_left(0.1), "1 s left");
  EXPECT_EQ(time_left(-5), "0 s left");
}

}  // namespace
}  // namespace pedigree::io
