// SPDX-License-Identifier: MIT
#include "framework/core/evidence.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using namespace std::string_literals;
using pedigree::Family;
using pedigree::OutcomeKind;

TEST(Family, survives_the_way_to_text_and_back) {
  std::set<std::string> names;
  for (int i = 1; i <= 5; ++i) {
    const auto family = static_cast<Family>(i);
    EXPECT_EQ(pedigree::family_from(pedigree::to_string(family)), family);
    names.insert(pedigree::to_string(family));
  }
  EXPECT_EQ(names.size(), 5u);
  EXPECT_EQ(pedigree::to_string(Family::training_log), "training_log"s);
  EXPECT_FALSE(pedigree::family_from("weights"));
  EXPECT_FALSE(pedigree::family_from(""));
}

TEST(Outcome, survives_the_way_to_text_and_back) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(OutcomeKind::refused); ++i) {
    const auto kind = static_cast<OutcomeKind>(i);
    EXPECT_EQ(pedigree::outcome_from(pedigree::to_string(kind)), kind);
    names.insert(pedigree::to_string(kind));
  }
  EXPECT_EQ(names.size(), 11u);
  EXPECT_EQ(pedigree::to_string(OutcomeKind::not_applicable), "not-applicable"s);
  EXPECT_EQ(pedigree::to_string(OutcomeKind::timed_out), "timed-out"s);
  EXPECT_FALSE(pedigree::outcome_from("unknown"));
}

}  // namespace
