// SPDX-License-Identifier: MIT
#include "framework/core/text.hpp"

#include <gtest/gtest.h>

namespace {

using pedigree::edit_distance;
using pedigree::is_utf8;
using pedigree::to_utf8;

TEST(Utf8, accepts_the_first_and_last_code_point_of_each_length) {
  for (const char* good : {"\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(good)) << good;
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string(3, '\0')));
}

TEST(Utf8, refuses_overlong_forms_surrogates_cut_sequences_and_stray_bytes) {
  for (const char* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE1\x80",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "ok\xF0\x90\x80"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

TEST(Utf8, repair_replaces_each_bad_byte_and_keeps_the_rest) {
  EXPECT_EQ(to_utf8("a\xFF\xC3\xA9\xC3"), "a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
  EXPECT_TRUE(is_utf8(to_utf8("\xF0\x90\x80\xFE\x80")));
}

TEST(EditDistance, counts_insertions_deletions_substitutions_and_swaps) {
  EXPECT_EQ(edit_distance("weight", "weight"), 0u);
  EXPECT_EQ(edit_distance("weigth", "weight"), 1u);   // one swap
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);  // the textbook example: two substitutions, one insertion
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
}

TEST(EditDistance, is_symmetric_and_obeys_the_triangle_with_its_third_side_for_these_words) {
  const std::string words[] = {"tokenizer", "tokeniser", "token", "architecture", ""};
  for (const auto& a : words)
    for (const auto& b : words) {
      EXPECT_EQ(edit_distance(a, b), edit_distance(b, a));
      for (const auto& c : words) EXPECT_LE(edit_distance(a, c), edit_distance(a, b) + edit_distance(b, c));
    }
}

}  // namespace
