// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/compute.hpp"

#include <gtest/gtest.h>

#include "plugins/training_log/claims.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::training_log {
namespace {

TEST(Compute, llama_3_405b_comes_out_at_its_published_flops) {
  // Llama 3 paper: 405B parameters, 15.6T tokens, 3.8e25 FLOP. 6 x 405e9 x 15.6e12 = 3.79e25.
  Claim claim;
  claim.parameters = 405e9;
  claim.tokens = 15.6e12;
  EXPECT_NEAR(training_flops(claim) / 3.79e25, 1.0, 0.01);
}

TEST(Compute, deepseek_v3_used_a_third_of_its_hardware) {
  // 37B active, 14.8T tokens, 2.664M H800 hours for pre-training:
  // 6 x 37e9 x 14.8e12 = 3.286e24; 2.664e6 h x 3600 s x 989e12 = 9.485e24; 0.346.
  Claim claim;
  claim.active_parameters = 37e9;
  claim.tokens = 14.8e12;
  claim.accelerator = "NVIDIA H800";
  claim.accelerators = 2048;
  claim.hours = 2.664e6 / 2048;
  EXPECT_NEAR(model_flops_utilisation(claim), 0.346, 0.005);
  EXPECT_EQ(judge_utilisation(model_flops_utilisation(claim)), Utilisation::plausible);
}

TEST(Compute, chinchilla_losses_for_7b_and_2t_tokens) {
  // Hoffmann: 1.69 + 406.4 / (7e9)^.34 + 410.7 / (2e12)^.28 = 1.69 + .183 + .148 = 2.02; Besiroglu 2.07.
  EXPECT_NEAR(hoffmann_loss(7e9, 2e12), 2.02, 0.01);
  EXPECT_NEAR(besiroglu_loss(7e9, 2e12), 2.07, 0.01);
}

TEST(Claims, an_impossible_claim_speaks_against_the_record_within_its_cap) {
  const auto result = testing::run_analyzer<Claims>(
      {{"subject"}},
      R"({"active_parameters": 12e9, "tokens": 19.7e12, "accelerator": "H100", "accelerators": 100, "hours": 500})");
  const auto* e = result.find("training_log.compute");
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->summary_key, "compute.impossible");
  EXPECT_GT(e->log10_lr, 0);
  EXPECT_LE(e->log10_lr, 0.7);
}

TEST(Claims, books_that_do_not_balance_are_named) {
  const auto result =
      testing::run_analyzer<Claims>({{"subject"}}, R"({"tokens": 1e12, "batch_tokens": 4e6, "steps": 100000})");
  // 4e6 x 1e5 = 4e11, not 1e12: ratio 2.5.
  EXPECT_DOUBLE_EQ(result.find("training_log.token-balance")->value, 2.5);
  EXPECT_EQ(result.find("training_log.token-balance")->summary_key, "tokens.contradiction");
}

TEST(Claims, nothing_claimed_means_nothing_said) {
  const auto result = testing::run_analyzer<Claims>({{"subject"}}, "{}");
  EXPECT_EQ(result.status, PEDIGREE_NOT_APPLICABLE);
  EXPECT_FALSE(result.error.empty());
}

TEST(Claims, an_unknown_accelerator_is_refused_by_name) {
  const auto result = testing::run_analyzer<Claims>({{"subject"}}, R"({"accelerator": "X9000"})");
  EXPECT_EQ(result.status, PEDIGREE_ERR_CONFIG);
  EXPECT_NE(result.error.find("X9000"), std::string::npos);
}

}  // namespace
}  // namespace pedigree::training_log
