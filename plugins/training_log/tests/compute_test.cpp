// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/compute.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "plugins/training_log/claims.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::training_log {
namespace {

using testing::RunResult;

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

TEST(Claims, an_unknown_accelerator_costs_its_own_check_only_and_is_named) {
  const auto result = testing::run_analyzer<Claims>(
      {{"subject"}},
      R"({"accelerator": "X9000", "accelerators": 8, "hours": 10, "tokens": 1e9, "parameters": 1e9, "flops": 6e18})");
  EXPECT_EQ(result.find("training_log.compute"), nullptr);
  EXPECT_EQ(result.find("training_log.flops-balance")->summary_key, "flops.balanced");  // 6 x 1e9 x 1e9 = 6e18
  ASSERT_EQ(result.log.size(), 1u);
  EXPECT_NE(result.log.front().find("X9000"), std::string::npos);
}

TEST(Claims, accelerator_hours_may_be_claimed_together) {
  // 37e9 x 14.8e12 x 6 = 3.286e24; 2.664e6 h x 3600 x 989e12 = 9.485e24: 0.346, as above.
  const auto result = testing::run_analyzer<Claims>(
      {{"subject"}},
      R"({"active_parameters": 37e9, "tokens": 14.8e12, "accelerator": "H800", "accelerator_hours": 2.664e6})");
  EXPECT_NEAR(result.find("training_log.compute")->value, 0.346, 0.005);
}

TEST(Claims, the_attention_term_takes_its_shape_from_the_config) {
  // 6 N D + 12 L d s D = 6e9 x 1e9 + 12 x 10 x 1000 x 5000 x 1e9 = 6e18 + 6e17.
  const auto result = testing::run_analyzer<Claims>(
      {{"subject", {}, {{"config", "config.json", R"({"model_type": "llama", "architectures": ["LlamaForCausalLM"],
        "hidden_size": 1000, "num_hidden_layers": 10, "num_attention_heads": 10, "vocab_size": 100})"}}}},
      R"({"parameters": 1e9, "tokens": 1e9, "sequence_length": 5000, "flops": 6.6e18})");
  EXPECT_NEAR(result.find("training_log.flops-balance")->value, 1.0, 1e-9);
}

/// 1000 steps from ln 32000 with a cosine schedule of peak 3e-4 after 100 steps, 1e6 tokens a step.
std::string cosine_log() {
  std::string text;
  char line[160];
  for (int s = 0; s < 1000; ++s) {
    const double rate = s < 100 ? 3e-4 * (s + 1) / 100 : 3e-4 * 0.5 * (1 + std::cos(3.14159265 * (s - 100) / 900.0));
    std::snprintf(line, sizeof line,
                  "iteration %d | consumed tokens: %d000000 | lm loss: %.5f | learning rate: %.6e |\n", s + 1, s + 1,
                  2.0 + 8.37 * std::pow(1.0 + s / 20.0, -0.5) + 0.01 * ((s * 7919) % 13 - 6), rate);
    text += line;
  }
  return text;
}

RunResult claims_on(const std::string& log, const std::string& options) {
  return testing::run_analyzer<Claims>(
      {{"subject",
        {},
        {{"training-log", "train.log", log},
         {"config", "config.json", R"({"model_type": "llama", "vocab_size": 32000})"}}}},
      options);
}

TEST(Claims, the_recovered_schedule_is_held_against_the_claimed_one) {
  const auto log = cosine_log();
  const auto agrees = claims_on(log, R"({"schedule": "cosine", "peak_learning_rate": 3e-4, "warmup_steps": 100})");
  ASSERT_NE(agrees.find("training_log.schedule-claim"), nullptr) << agrees.error;
  EXPECT_EQ(agrees.find("training_log.schedule-claim")->summary_key, "schedule_claim.agrees");
  const auto differs = claims_on(log, R"({"schedule": "linear", "peak_learning_rate": 6e-4, "warmup_steps": 100})");
  EXPECT_EQ(differs.find("training_log.schedule-claim")->value, 2);
  EXPECT_GT(differs.find("training_log.schedule-claim")->log10_lr, 0);
}

TEST(Claims, more_tokens_in_the_log_than_claimed_is_a_contradiction) {
  // The log ends at 1e9 tokens.
  EXPECT_EQ(claims_on(cosine_log(), R"({"tokens": 1e9})").find("training_log.token-balance")->summary_key,
            "tokens.logged");
  EXPECT_EQ(claims_on(cosine_log(), R"({"tokens": 5e8})").find("training_log.token-balance")->summary_key,
            "tokens.logged_more");
  EXPECT_EQ(claims_on(cosine_log(), R"({"tokens": 9e9})").find("training_log.token-balance")->summary_key,
            "tokens.logged_less");
}

TEST(Claims, a_final_loss_far_from_the_scaling_laws_is_flagged_in_bits_per_byte) {
  // 7B on 2T tokens: 2.02 to 2.07 nat per token of 4.2 bytes. A claimed 1.2 nat at 4.2 bytes is 0.82 below.
  const auto result =
      claims_on("", R"({"parameters": 7e9, "tokens": 2e12, "final_loss": 1.2, "bytes_per_token": 4.2})");
  const auto* e = result.find("training_log.chinchilla");
  ASSERT_NE(e, nullptr) << result.error;
  EXPECT_EQ(e->summary_key, "chinchilla.off");
  EXPECT_NEAR(e->value, -0.82, 0.01);
}

}  // namespace
}  // namespace pedigree::training_log
