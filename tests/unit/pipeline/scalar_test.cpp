// SPDX-License-Identifier: MIT
#include "framework/pipeline/scalar.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace pedigree::pipeline {
namespace {

TEST(Scalar, integers_are_plain_decimal) {
  EXPECT_EQ(integer_from("0"), 0);
  EXPECT_EQ(integer_from("-17"), -17);
  EXPECT_EQ(integer_from("9223372036854775807"), INT64_MAX);
  for (const char* text :
       {"", "-", "010", "-01", "0x1F", "1_000", "1.0", "1e3", "+1", " 1", "1 ", "9223372036854775808"})
    EXPECT_FALSE(integer_from(text)) << text;
}

TEST(Scalar, numbers_are_plain_decimal_and_finite) {
  EXPECT_EQ(number_from("0.5"), 0.5);
  EXPECT_EQ(number_from("-1.5e-3"), -0.0015);
  EXPECT_EQ(number_from("1E3"), 1000.0);
  EXPECT_EQ(number_from("0"), 0.0);
  for (const char* text :
       {"", ".5", "1.", ".inf", "-.inf", ".nan", "inf", "nan", "0x1p3", "01.5", "1e", "1e999", "1,5", "1_0.0"})
    EXPECT_FALSE(number_from(text)) << text;
}

TEST(Scalar, durations_have_units_in_falling_order) {
  EXPECT_EQ(seconds_from("90s"), 90);
  EXPECT_EQ(seconds_from("1h30m"), 5400);
  EXPECT_EQ(seconds_from("2d"), 172800);
  EXPECT_EQ(seconds_from("1d2h3m4s"), 93784);
  for (const char* text : {"", "20", "m", "30m1h", "1h1h", "1.5h", "-1s", "1w", "1 h", "99999999999d", "1h30"})
    EXPECT_FALSE(seconds_from(text)) << text;
}

TEST(Scalar, sizes_have_units) {
  EXPECT_EQ(bytes_from("8GiB"), 8ull << 30);
  EXPECT_EQ(bytes_from("1.5KiB"), 1536u);
  EXPECT_EQ(bytes_from("10GB"), 10'000'000'000u);
  EXPECT_EQ(bytes_from("7B"), 7u);
  for (const char* text : {"", "8", "8G", "8gib", "-1GiB", "1e30TiB", "GiB", "8 GiB"})
    EXPECT_FALSE(bytes_from(text)) << text;
}

TEST(Scalar, counts_may_have_a_letter) {
  EXPECT_EQ(count_from("102.6B"), 102600000000.0);
  EXPECT_EQ(count_from("19.7T"), 19700000000000.0);
  EXPECT_EQ(count_from("350M"), 350000000.0);
  EXPECT_EQ(count_from("32000000000"), 32000000000.0);
  EXPECT_EQ(count_from("1e9"), 1e9);
  for (const char* text : {"", "B", "12b", "12 B", "-1B", "1_0B", "12GB"}) EXPECT_FALSE(count_from(text)) << text;
}

TEST(Scalar, reliability_words_are_weights) {
  EXPECT_EQ(weight_from("very_high"), 1.0);
  EXPECT_EQ(weight_from("high"), 0.8);
  EXPECT_EQ(weight_from("medium"), 0.5);
  EXPECT_EQ(weight_from("low"), 0.2);
  EXPECT_EQ(weight_from("0.35"), 0.35);
  EXPECT_FALSE(weight_from("huge"));
}

TEST(Scalar, what_other_readers_take_for_numbers_is_known) {
  for (const char* text : {"010", "0x1F", "0o17", "1_000", ".inf", "-.INF", ".nan", "1.", ".5", "+5", "1:30"})
    EXPECT_TRUE(is_misleading_number(text)) << text;
  for (const char* text : {"", "5", "1.5", "1.2.3", "v1", "7e1x", "2026-01-02", "a.b", "0xyz", "main", "."})
    EXPECT_FALSE(is_misleading_number(text)) << text;
}

TEST(Scalar, what_other_readers_take_for_booleans_is_known) {
  for (const char* text : {"yes", "No", "ON", "off", "y", "N", "True", "FALSE"})
    EXPECT_TRUE(is_misleading_boolean(text)) << text;
  for (const char* text : {"true", "false", "yeah", "", "none"}) EXPECT_FALSE(is_misleading_boolean(text)) << text;
}

}  // namespace
}  // namespace pedigree::pipeline
