// SPDX-License-Identifier: MIT
// What each statistic finds when there is something, and what launderings do to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "plugins/weight/align/layer_map.hpp"
#include "plugins/weight/align/polar.hpp"
#include "plugins/weight/align/residual_alignment.hpp"
#include "plugins/weight/statistics/comparators.hpp"
#include "plugins/weight/statistics/difference.hpp"
#include "plugins/weight/statistics/head_match.hpp"
#include "plugins/weight/statistics/increasing_run.hpp"
#include "plugins/weight/statistics/inheritance_spectrum.hpp"
#include "plugins/weight/statistics/log_probability.hpp"
#include "plugins/weight/statistics/power.hpp"
#include "plugins/weight/statistics/row_boundary.hpp"
#include "plugins/weight/statistics/unit_match.hpp"
#include "plugins/weight/statistics/value_grid.hpp"

namespace pedigree::weight {
namespace {

Matrix gaussian(Random& random, Index rows, Index columns) {
  Matrix out(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) out(i, j) = static_cast<float>(random.normal());
  return out;
}

Matrix correlated(Random& random, const Matrix& rows, double rho) {
  return static_cast<float>(rho) * rows +
         static_cast<float>(std::sqrt(1 - rho * rho)) * gaussian(random, rows.rows(), rows.cols());
}

Matrix rotation(Random& random, Index n) { return polar_factor(gaussian(random, n, n)); }

UnitParts one_tensor(Matrix rows) {
  UnitParts parts;
  parts.up = std::move(rows);
  parts.prepare();
  return parts;
}

TEST(log_probability, all_units_fixed_is_one_over_factorial) {
  // k = M = h: p <= h! / (h! h!) = 1/h!. ln 10! = ln 3628800.
  EXPECT_NEAR(fixed_point_log10_p(10, 10, 10), -std::log10(3628800.0), 1e-9);
}

TEST(log_probability, a_seven_billion_model_stays_a_number) {
  // Stirling: log10 11008! = 11008 (ln 11008 - 1)/ln 10 + log10(2 pi 11008)/2 = 39710.4 + 2.4
  EXPECT_NEAR(fixed_point_log10_p(11008, 11008, 11008), -39712.8, 0.1);
}

TEST(log_probability, nothing_matched_says_nothing) {
  EXPECT_EQ(fixed_point_log10_p(100, 0, 0), 0);
  EXPECT_EQ(joint_fixed_point_log10_p(3.0, 3), 0);  // at the expectation
  EXPECT_EQ(increasing_run_log10_p(0, 0), 0);
  EXPECT_EQ(corrected_log10_p(-2, 1000), 0);  // never above one
}

TEST(log_probability, joint_bound_is_the_poisson_chernoff_bound) {
  // exp(k - e - k ln(k/e)) with k = 20, e = 2: 20 - 2 - 20 ln 10 = -28.05 nat = -12.18 in log10.
  EXPECT_NEAR(joint_fixed_point_log10_p(2, 20), (18 - 20 * std::numbers::ln10) / std::numbers::ln10, 1e-9);
}

TEST(increasing_run, keeps_the_longest_subsequence_not_the_longest_block) {
  const std::vector<std::size_t> sequence{5, 1, 6, 2, 3, 0, 4};
  EXPECT_EQ(longest_increasing_run(sequence), 4u);  // 1 2 3 4
}

TEST(unit_match, row_correlation_of_five_hundredths_is_found_at_d_512) {
  Random random(21);
  const Matrix a = gaussian(random, 1536, 512);
  const UnitMatch match = match_units(one_tensor(a), one_tensor(correlated(random, a, 0.05)));
  EXPECT_LE(exact_p(match).fixed, -12);
}

TEST(unit_match, one_per_cent_of_inherited_units_is_found_at_d_512) {
  Random random(22);
  const Matrix a = gaussian(random, 1536, 512);
  Matrix b = gaussian(random, 1536, 512);
  const Matrix copy = correlated(random, a, 0.6);
  for (Index i = 0; i < 1536; i += 100) b.row(i) = copy.row(i);  // 16 units, 1.04 %
  EXPECT_LE(exact_p(match_units(one_tensor(a), one_tensor(b))).fixed, -12);
}

UnitParts gated(Random& random, Index units, Index width) {
  UnitParts parts;
  parts.gate = gaussian(random, units, width);
  parts.up = gaussian(random, units, width);
  parts.down = gaussian(random, units, width);
  return parts;
}

UnitParts prepared(UnitParts parts) {
  parts.prepare();
  return parts;
}

TEST(unit_match, permuted_units_agree_though_none_is_in_place) {
  Random random(23);
  const UnitParts a = gated(random, 60, 40);
  UnitParts b = a;
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down})
    for (Index i = 0; i < 60; ++i) (b.*part).row((i + 7) % 60) = (a.*part).row(i);
  const UnitMatch match = match_units(prepared(a), prepared(b));
  EXPECT_EQ(match.fixed(), 0u);
  EXPECT_EQ(match.agreeing_mutual(), 60u);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(match.partner[i], (i + 7) % 60);
}

TEST(unit_match, scaling_up_and_down_even_with_a_minus_changes_nothing) {
  Random random(24);
  const UnitParts a = gated(random, 60, 40);
  UnitParts b = a;
  for (Index i = 0; i < 60; ++i) {
    const float s = (i % 2 == 0 ? -1.0F : 1.0F) * (0.25F + static_cast<float>(i) / 10.0F);
    b.up.row(i) *= s;
    b.down.row(i) /= s;
  }
  // No centring here: a mean row is not kept by a different factor per unit.
  for (UnitParts* parts : {&b})
    for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) normalise_rows(parts->*part);
  UnitParts plain = a;
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) normalise_rows(plain.*part);
  const UnitMatch match = match_units(plain, b);
  EXPECT_EQ(match.fixed(), 60u);
  EXPECT_EQ(match.agreeing_mutual(), 60u);
}

TEST(unit_match, pruned_units_keep_their_order) {
  Random random(25);
  const UnitParts a = gated(random, 90, 40);
  UnitParts kept;
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) {
    (kept.*part).resize(45, 40);
    for (Index i = 0; i < 45; ++i) (kept.*part).row(i) = (a.*part).row(2 * i);
  }
  const UnitMatch match = match_units(prepared(kept), prepared(a));
  EXPECT_EQ(match.longest_run(), 45u);
  EXPECT_LE(exact_p(match).run, -50);  // 1/45! is 10^-56
}

TEST(unit_match, rows_with_nan_and_zero_rows_match_nothing) {
  Random random(26);
  UnitParts a = gated(random, 20, 16);
  a.gate.row(3).setConstant(std::nanf(""));
  a.up.row(3).setZero();
  a.down.row(3).setZero();
  UnitParts b = a;
  EXPECT_EQ(a.prepare(), 1u);
  b.prepare();
  const UnitMatch match = match_units(a, b);
  EXPECT_EQ(match.partner[3], kNoMatch);
  EXPECT_EQ(match.fixed(), 19u);
}

TEST(unit_match, numbers_do_not_depend_on_how_often_it_runs) {
  Random random(27);
  const UnitParts a = prepared(gated(random, 300, 48)), b = prepared(gated(random, 300, 48));
  const UnitMatch first = match_units(a, b), second = match_units(a, b);
  EXPECT_EQ(first.partner, second.partner);
  EXPECT_EQ(first.similarity, second.similarity);
}

TEST(polar, recovers_a_rotation_from_rows_and_their_images) {
  Random random(28);
  const Matrix r = rotation(random, 24), rows = gaussian(random, 100, 24);
  const Matrix found = polar_factor(rows.transpose() * (rows * r));
  EXPECT_LT((found - r).cwiseAbs().maxCoeff(), 1e-3F);
}

TEST(polar, of_a_wide_matrix_is_a_partial_isometry) {
  Random random(29);
  const Matrix u = polar_factor(gaussian(random, 10, 30));
  EXPECT_LT((u * u.transpose() - Matrix::Identity(10, 10)).cwiseAbs().maxCoeff(), 1e-3F);
  EXPECT_TRUE(polar_factor(Matrix::Zero(4, 4)).isZero(0));
}

TokenRows tokens(const Matrix& a, const Matrix& b) {
  TokenRows rows{a, b, a.rows()};
  centre_and_normalise_rows(rows.subject);
  centre_and_normalise_rows(rows.reference);
  return rows;
}

TEST(residual_alignment, finds_signs_and_places_of_relabelled_axes) {
  Random random(30);
  const Matrix a = gaussian(random, 200, 20);
  Matrix b(200, 20);
  for (Index j = 0; j < 20; ++j) b.col((j * 7) % 20) = (j % 3 == 0 ? -1.0F : 1.0F) * a.col(j);
  const ResidualMap map = signed_permutation_map(tokens(a, b));
  EXPECT_GT(map.held_out_cosine, 0.999);
  EXPECT_LT((map.apply(b) - a).cwiseAbs().maxCoeff(), 1e-4F);
}

TEST(residual_alignment, judges_a_rotation_on_tokens_it_was_not_made_from) {
  Random random(31);
  const Matrix a = gaussian(random, 300, 20);
  EXPECT_GT(orthogonal_map(tokens(a, a * rotation(random, 20))).held_out_cosine, 0.98);
  // Independent rows: the fit on one half says nothing of the other.
  EXPECT_LT(std::abs(orthogonal_map(tokens(a, gaussian(random, 300, 20))).held_out_cosine), 0.15);
}

TEST(residual_alignment, rotates_wide_models_in_the_directions_of_a_few_rows) {
  Random random(32);
  const RotationLimits limits{32, 20};
  const Matrix a = gaussian(random, 300, 60), turn = rotation(random, 60);
  const ResidualMap map = orthogonal_map(tokens(a, a * turn), limits);
  // 20 of 60 directions are rotated and the others dropped: sqrt(20/60) = 0.58 of every length is kept.
  EXPECT_NEAR(map.held_out_cosine, std::sqrt(20.0 / 60), 0.06);
  const UnitParts units = prepared(gated(random, 200, 60));
  UnitParts turned = units, mapped = units;
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) {
    turned.*part = (units.*part) * turn;
    mapped.*part = map.apply(turned.*part);
    normalise_rows(mapped.*part);
  }
  EXPECT_GT(match_units(units, mapped).fixed(), 190u);
  EXPECT_LT(std::abs(orthogonal_map(tokens(a, gaussian(random, 300, 60)), limits).held_out_cosine), 0.15);
}

TEST(residual_alignment, relabels_more_axes_than_it_weighs_at_once) {
  Random random(33);
  constexpr Index kAxes = 1100;
  const Matrix a = gaussian(random, 120, kAxes);
  Matrix b(120, kAxes);
  for (Index j = 0; j < kAxes; ++j) b.col((j * 7) % kAxes) = (j % 3 == 0 ? -1.0F : 1.0F) * a.col(j);
  const ResidualMap map = signed_permutation_map(tokens(a, b));
  EXPECT_GT(map.held_out_cosine, 0.999);
  EXPECT_LT((map.apply(b) - a).cwiseAbs().maxCoeff(), 1e-4F);
  EXPECT_LT((map.apply_back(a) - b).cwiseAbs().maxCoeff(), 1e-4F);
  const AxisMatch axes = match_axes(tokens(a, b));
  EXPECT_EQ(axes.matched(), static_cast<std::size_t>(kAxes));
  EXPECT_EQ(axes.partner[3], 21u);
}

TEST(layer_map, follows_pruned_repeated_and_foreign_layers) {
  auto similarity = [](const std::vector<int>& sources, Index references) {
    MatrixD s = MatrixD::Zero(static_cast<Index>(sources.size()), references);
    for (std::size_t l = 0; l < sources.size(); ++l)
      if (sources[l] >= 0) s(static_cast<Index>(l), sources[l]) = 0.9;
    return s;
  };
  for (const LayerMap& truth : {LayerMap{0, 1, 4, 5}, LayerMap{0, 1, 2, 1, 2, 3}, LayerMap{0, -1, 2, -1}})
    EXPECT_EQ(align_layers(similarity(truth, 6), 0.05), truth);
}

TEST(layer_map, equal_candidates_are_settled_by_order) {
  MatrixD s = MatrixD::Zero(3, 4);
  s(0, 1) = 0.9;
  s(1, 0) = 0.8;
  s(1, 2) = 0.8;  // as good as 0, and follows 1
  s(2, 3) = 0.9;
  EXPECT_EQ(align_layers(s, 0.05), (LayerMap{1, 2, 3}));
}

TEST(head_match, sees_through_permuted_rotated_and_rescaled_heads) {
  Random random(32);
  const HeadCounts counts{4, 2, 6};
  const AttentionParts a{gaussian(random, 24, 30), gaussian(random, 12, 30), gaussian(random, 12, 30),
                         gaussian(random, 24, 30)};
  AttentionParts b = a;  // groups swapped, values and outputs turned together, and stretched
  for (Index g = 0; g < 2; ++g) {
    const Matrix turn = rotation(random, 6);
    b.k.middleRows((1 - g) * 6, 6) = a.k.middleRows(g * 6, 6) * 2.0F;
    b.v.middleRows((1 - g) * 6, 6) = turn * a.v.middleRows(g * 6, 6);
    for (Index h = 0; h < 2; ++h) {
      b.q.middleRows((1 - g) * 12 + h * 6, 6) = a.q.middleRows(g * 12 + h * 6, 6) / 2.0F;
      b.o.middleRows((1 - g) * 12 + h * 6, 6) = turn * a.o.middleRows(g * 12 + h * 6, 6);
    }
  }
  const HeadMatch match = match_heads(a, counts, b, counts);
  ASSERT_TRUE(match.valid);
  EXPECT_NEAR(match.similarity, 1.0, 1e-4);
  EXPECT_EQ(match.partner, (std::vector<std::uint32_t>{2, 3, 0, 1}));
  EXPECT_TRUE(match.permuted);
}

/// Initialisation plus something learned of low rank.
Matrix trained(Random& random, const Matrix& start) {
  return start + gaussian(random, start.rows(), 4) * gaussian(random, 4, start.cols()) * 1.5F;
}

TEST(inheritance_spectrum, tells_a_copy_from_a_merge_from_a_common_seed) {
  Random random(33);
  const Matrix start = gaussian(random, 120, 80);
  const Matrix base = trained(random, start);
  const auto copy = inheritance_spectrum(base + 0.1F * gaussian(random, 120, 80), base);
  EXPECT_NEAR(copy.top, 1, 0.05);
  EXPECT_NEAR(copy.bulk, 1, 0.1);
  const Matrix merged = 0.5F * base + 0.5F * trained(random, gaussian(random, 120, 80));
  const auto half = inheritance_spectrum(merged, base);
  EXPECT_NEAR(half.top, 0.5, 0.1);
  EXPECT_NEAR(half.coefficient, 0.5, 0.1);
  const auto seed = inheritance_spectrum(trained(random, start), base);
  EXPECT_LT(seed.top, 0.35);
  EXPECT_GT(seed.bulk, 0.7);
  const auto stranger = inheritance_spectrum(trained(random, gaussian(random, 120, 80)), base);
  EXPECT_NEAR(stranger.top, 0, 0.15);
  EXPECT_NEAR(stranger.bulk, 0, 0.25);
}

TEST(comparators, follow_rotated_rows_and_not_strangers) {
  Random random(41);
  const Matrix a = trained(random, gaussian(random, 90, 60));
  EXPECT_NEAR(unbiased_cka(a, rotation(random, 90) * a), 1, 1e-3);
  EXPECT_NEAR(unbiased_cka(a, 3.0F * a), 1, 1e-6);
  EXPECT_LT(std::abs(unbiased_cka(a, trained(random, gaussian(random, 90, 60)))), 0.25);
  EXPECT_LT(std::abs(unbiased_cka(a, a * rotation(random, 60))), 0.25);  // what it cannot see
  const auto copy = spectrum_likeness(a, rotation(random, 90) * a * rotation(random, 60));
  const auto stranger = spectrum_likeness(a, trained(random, gaussian(random, 90, 60)));
  EXPECT_NEAR(copy.detail, 1, 1e-2);
  EXPECT_GT(stranger.shape, 0.9);              // why the shape of a spectrum is no evidence
  EXPECT_LT(std::abs(stranger.detail), 0.45);  // 52 gaps: three standard errors are 0.42
}

TEST(difference, of_a_low_rank_change_has_low_rank) {
  Random random(34);
  const Matrix base = gaussian(random, 100, 100);
  const Matrix lora = base + 0.1F * (gaussian(random, 100, 3) * gaussian(random, 3, 100));
  EXPECT_LE(difference_of(lora, base).rank, 4u);
  EXPECT_GT(difference_of(base + 0.1F * gaussian(random, 100, 100), base).rank_share, 0.4);
}

TEST(texture, sees_zeros_and_few_levels) {
  Random random(35);
  const Matrix plain = gaussian(random, 16, 64);
  EXPECT_GT(texture_of(plain).distinct_per_32, 0.95);
  EXPECT_LT(texture_of((plain * 2.0F).array().round().matrix()).distinct_per_32, 0.5);
  EXPECT_NEAR(texture_of(plain.cwiseMax(0.0F)).zero_share, 0.5, 0.1);
}

TEST(value_grid, is_found_where_rounding_made_one_and_nowhere_else) {
  Random random(38);
  Matrix rows = gaussian(random, 32, 256);
  EXPECT_FALSE(value_grid(rows).found);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] = std::round(rows.data()[i] * 30) / 30;  // one step for all
  EXPECT_TRUE(value_grid(rows).found);
  EXPECT_EQ(value_grid(rows).group, 0);
  EXPECT_NEAR(value_grid(rows).rounding, 1.0 / 30 / std::sqrt(12.0), 0.001);
  // No grid in any of many matrices, with heavy tails and few columns too.
  int found = 0;
  for (int round = 0; round < 200; ++round) {
    Matrix other = gaussian(random, 8, 64);
    if (round % 2 == 0) other = other.array().cube().matrix();
    found += value_grid(other).found;
  }
  EXPECT_EQ(found, 0);
}

TEST(power, states_more_for_wider_models) {
  Random random(36);
  const Power wide = spike_in(prepared(gated(random, 512, 256)), prepared(gated(random, 512, 256)), 8, 1000);
  const Power narrow = spike_in(prepared(gated(random, 48, 16)), prepared(gated(random, 48, 16)), 2, 1000);
  EXPECT_TRUE(wide.measured);
  EXPECT_LE(wide.row_correlation, 0.12);
  EXPECT_LT(wide.row_correlation, narrow.row_correlation);
}

TEST(row_boundary, finds_the_seam_of_added_rows) {
  Random random(37);
  Matrix rows = gaussian(random, 1200, 32);
  for (Index i = 1000; i < 1200; ++i) rows.row(i) *= 0.2F;
  const RowBoundary seam = row_boundary(rows, 64);
  ASSERT_TRUE(seam.valid);
  EXPECT_NEAR(static_cast<double>(seam.row), 1000, 3);
}

}  // namespace
}  // namespace pedigree::weight
