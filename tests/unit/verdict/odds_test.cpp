// SPDX-License-Identifier: MIT
// The arithmetic of docs/reference/verdict.md, worked out by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/verdict/case_builder.hpp"

namespace {

using namespace pedigree::verdict::testing;
using pedigree::Family;
using pedigree::verdict::Case;
using pedigree::verdict::Combine;
using pedigree::verdict::Profile;
using pedigree::verdict::weigh;

double p_of(const Case& case_, const Profile& profile = Profile::defaults()) {
  return weigh(case_, profile).model.p_derived;
}

// prior 0.2, a quarter of it for parents outside the set: odds 0.2 / 0.8 = 0.25 = 0.0625 (unseen) + 0.1875 (in the
// set).

TEST(Odds, are_the_prior_when_nothing_spoke) {
  EXPECT_NEAR(p_of(make_case(1)), 0.2, 1e-12);
  EXPECT_NEAR(p_of(make_case(0)), 0.2, 1e-12);
}

TEST(Odds, do_not_rise_with_the_number_of_references) {
  EXPECT_NEAR(p_of(make_case(150)), 0.2, 1e-12);
  Case silent = make_case(150);
  for (std::size_t i = 0; i < 150; ++i)
    silent.evidence.push_back(evidence(Family::architecture, "architecture.core-match", 0, reference_name(i)));
  EXPECT_NEAR(p_of(silent), 0.2, 1e-12);
}

TEST(Odds, of_one_calibrated_weight_finding) {
  // capped at 3, times the weight 0.8: 10^2.4 = 251.18864; odds = 0.0625 + 0.1875 * 251.18864 = 47.16037; p = 0.97924
  Case one = make_case(1);
  one.evidence = {evidence(Family::weight, "weight.w", 17.0, "r000", "derived")};
  EXPECT_NEAR(p_of(one), 47.16037 / 48.16037, 1e-6);
}

TEST(Odds, spread_the_prior_over_all_references) {
  // the same finding among 150: in the set 0.00125 each; 0.0625 + 149 * 0.00125 + 0.00125 * 251.18864 = 0.56273580
  Case many = make_case(150);
  many.evidence = {evidence(Family::weight, "weight.w", 3.0, "r007", "derived")};
  EXPECT_NEAR(p_of(many), 0.5627358 / 1.5627358, 1e-6);
}

TEST(Odds, add_over_families_each_weighted_and_capped) {
  // tokenizer 0.8 * cap 0.5 = 0.4; architecture 0.5 * cap 0.3 = 0.15; behavior 0.5 * cap 1 = 0.5; sum 1.05: 10^1.05
  // = 11.220185 odds = 0.0625 + 0.1875 * 11.220185 = 2.16628463
  Case three = make_case(1);
  three.evidence = {evidence(Family::tokenizer, "tokenizer.merge-order", 4),
                    evidence(Family::architecture, "architecture.core-match", 4),
                    evidence(Family::behavior, "behavior.agreement", 4)};
  EXPECT_NEAR(p_of(three), 2.16628463 / 3.16628463, 1e-6);
}

TEST(Odds, of_a_training_record_speak_against_every_parent_seen_or_not) {
  // link: -4 (its own cap) times 1.0 on all hypotheses: odds 0.25e-4
  Case linked = make_case(3);
  linked.evidence = {evidence(Family::training_log, "training_log.step0-link", -9, "", "supports_from_scratch")};
  EXPECT_NEAR(p_of(linked), 0.25e-4 / (1 + 0.25e-4), 1e-12);
  // a curve alone: -0.7: odds 0.25 * 10^-0.7 = 0.04988156
  linked.evidence = {evidence(Family::training_log, "training_log.initial-loss", -9, "")};
  EXPECT_NEAR(p_of(linked), 0.04988156 / 1.04988156, 1e-7);
}

TEST(Odds, of_a_clean_scan_leave_the_parents_nobody_looked_at) {
  // -2 * 0.8 = -1.6: 10^-1.6 = 0.02511886; odds = 0.0625 + 0.1875 * 0.02511886 = 0.06720979
  Case clean = make_case(4);
  for (std::size_t i = 0; i < 4; ++i) clean.evidence.push_back(clean_scan(reference_name(i)));
  EXPECT_NEAR(p_of(clean), 0.06720979 / 1.06720979, 1e-7);
}

TEST(Odds, take_the_strongest_of_a_family_and_never_the_sum) {
  Case one = make_case(1), three = make_case(1);
  one.evidence = {evidence(Family::weight, "weight.a", 1.0)};
  three.evidence = {evidence(Family::weight, "weight.a", 1.0), evidence(Family::weight, "weight.b", 0.9),
                    evidence(Family::weight, "weight.c", -0.5)};
  EXPECT_DOUBLE_EQ(p_of(one), p_of(three));
}

TEST(Odds, average_likelihood_ratios_when_the_profile_says_so) {
  // mean of 10 and 0.1 is 5.05: log10 0.70329; times 0.8: 10^0.562633 = 3.65286; odds 0.0625 + 0.1875 * 3.65286 =
  // 0.747411
  Profile profile = Profile::defaults();
  profile.combine[Family::weight] = Combine::average;
  Case two = make_case(1);
  two.evidence = {evidence(Family::weight, "weight.a", 1.0), evidence(Family::weight, "weight.b", -1.0)};
  EXPECT_NEAR(p_of(two, profile), 0.747411 / 1.747411, 1e-6);
}

TEST(Odds, exceed_the_calibrated_cap_only_as_far_as_the_p_value_carries) {
  // p = 1e-5 and one search: cap 5 instead of 3 or 6: 0.8 * 5 = 4: odds 0.0625 + 0.1875e4 = 1875.0625
  Case carried = make_case(1);
  carried.evidence = {exact(-5.0, 6.0)};
  EXPECT_NEAR(p_of(carried), 1875.0625 / 1876.0625, 1e-9);
  // p = 1e-2 carries nothing beyond the calibrated 3
  carried.evidence = {exact(-2.0, 6.0)};
  EXPECT_NEAR(p_of(carried), 47.16037 / 48.16037, 1e-6);
}

TEST(Odds, correct_p_values_for_every_search) {
  // 100 references: log10 p rises by 2
  Case many = make_case(100);
  many.evidence = {exact(-40.0, 6.0, "r042")};
  const auto judgement = weigh(many, Profile::defaults());
  ASSERT_TRUE(judgement.references.at(42).log10_p.has_value());
  EXPECT_NEAR(*judgement.references.at(42).log10_p, -38.0, 1e-9);
}

TEST(Odds, of_a_single_reference_lie_between_the_known_bounds) {
  // max p_r <= p <= 1 - (1 - p_unseen) * prod (1 - p_r); with odds a_r: p = A / (1 + A), A = sum of a_r and the unseen
  // part
  Case some = make_case(5);
  for (std::size_t i = 0; i < 5; ++i) {
    auto record = evidence(Family::weight, "weight.w", 0.4 * static_cast<double>(i) - 0.5, reference_name(i));
    some.evidence.push_back(record);
  }
  const auto judgement = weigh(some, Profile::defaults());
  double largest = 0, none = 1 / 1.0625;
  for (const auto& reference : judgement.references) {
    largest = std::max(largest, reference.p_derived);
    none *= 1 - reference.p_derived;
  }
  EXPECT_GE(judgement.model.p_derived, largest);
  EXPECT_LE(judgement.model.p_derived, 1 - none + 1e-12);
}

TEST(Odds, steps_of_the_waterfall_add_up_to_the_posterior) {
  Case mixed = make_case(3);
  mixed.evidence = {exact(-40.0), evidence(Family::tokenizer, "tokenizer.merge-order", -0.4, "r001"),
                    evidence(Family::architecture, "architecture.core-match", 0.2, "r002"),
                    evidence(Family::training_log, "training_log.curve", -0.6, "")};
  const auto model = weigh(mixed, Profile::defaults()).model;
  double sum = 0;
  for (const auto& step : model.contributions) sum += step.log10_odds;
  EXPECT_NEAR(sum, std::log10(model.p_derived / (1 - model.p_derived)), 1e-6);
  ASSERT_FALSE(model.contributions.empty());
  EXPECT_EQ(model.contributions.front().what, "prior");
  EXPECT_NEAR(model.contributions.front().log10_odds, std::log10(0.25), 1e-12);
}

TEST(Odds, an_analyzer_weight_of_half_counts_half) {
  Case halved = make_case(1);
  halved.evidence = {evidence(Family::weight, "weight.a", 2.0)};
  halved.analyzer_weight["weight"] = 0.5;
  Case plain = make_case(1);
  plain.evidence = {evidence(Family::weight, "weight.a", 1.0)};
  EXPECT_DOUBLE_EQ(p_of(halved), p_of(plain));
}

TEST(Odds, an_analyzer_weight_of_zero_shows_evidence_and_does_not_weigh_it) {
  Case shown = make_case(1);
  shown.evidence = {exact(-500)};
  shown.analyzer_weight["weight"] = 0;
  EXPECT_NEAR(p_of(shown), 0.2, 1e-12);
  EXPECT_EQ(weigh(shown, Profile::defaults()).support.size(), 1u);
}

TEST(Odds, a_control_fixes_the_zero_of_the_scale) {
  // the same signal shows 0.8 for a model known to be unrelated: 1.8 counts as 1.0
  Case controlled = make_case(1);
  controlled.references.push_back({"unrelated", "control", {}, {}});
  controlled.evidence = {evidence(Family::weight, "weight.a", 1.8),
                         evidence(Family::weight, "weight.a", 0.8, "unrelated")};
  Case plain = make_case(1);
  plain.evidence = {evidence(Family::weight, "weight.a", 1.0)};
  EXPECT_NEAR(p_of(controlled), p_of(plain), 1e-12);
}

}  // namespace
