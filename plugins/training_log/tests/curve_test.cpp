// SPDX-License-Identifier: MIT
#include "plugins/training_log/curve.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "tests/support/run_analyzer.hpp"

namespace pedigree::training_log {
namespace {

using testing::MemoryArtifact;
using testing::RunResult;

/// A pre-training curve: ln V at first, a warm-up, a power law, the bend of a decaying learning rate, fresh batch
/// noise. V = 32,000. Near ln V the losses of tokens have variance 2 g, g nat below it, and later a deviation of 2.5.
std::vector<double> scratch_curve(std::size_t steps, double noise = 0.03, unsigned seed = 1) {
  std::mt19937 random{seed};
  std::normal_distribution<double> normal{0.0, 1.0};
  std::vector<double> loss;
  for (std::size_t s = 0; s < steps; ++s) {
    const double warm = static_cast<double>(s) * std::min(1.0, static_cast<double>(s) / 60);
    const double decay = std::max(0.0, static_cast<double>(s) / static_cast<double>(steps) - 0.7) / 0.3;
    const double level = 2.2 + (std::log(32000.0) - 2.2) * std::pow(1.0 + warm / 20.0, -0.45) - 0.15 * decay;
    const double spread = std::min(1.0, std::sqrt(2 * (std::log(32000.0) - level)) / 2.5);
    loss.push_back(level + noise * spread * normal(random));
  }
  return loss;
}

std::string console(const std::vector<double>& loss, std::size_t first_step = 0) {
  std::string text;
  char line[64];
  for (std::size_t s = 0; s < loss.size(); ++s) {
    std::snprintf(line, sizeof line, "iter %zu: loss %.4f, time 12.3ms\n", s + first_step, loss[s]);
    text += line;
  }
  return text;
}

RunResult run(const std::string& log, int vocabulary = 32000) {
  return testing::run_analyzer<Curve>({{"subject", {}, {{"training-log", "train.log", log}}}},
                                      "{\"vocabulary\": " + std::to_string(vocabulary) + "}");
}

TEST(Curve, a_run_from_random_weights_begins_at_ln_v_and_supports_from_scratch) {
  const auto result = run(console(scratch_curve(2000)));
  const auto* start = result.find("training_log.initial-loss");
  ASSERT_NE(start, nullptr) << result.error;
  EXPECT_NEAR(start->value, std::log(32000.0), 0.15);  // ln 32000 = 10.373
  EXPECT_EQ(start->relation, "supports_from_scratch");
  EXPECT_LT(start->log10_lr, 0);
  EXPECT_GE(start->log10_lr, -0.7);
  EXPECT_EQ(result.find("training_log.continuity")->summary_key, "continuity.one_run");
  EXPECT_EQ(result.find("training_log.noise")->summary_key, "noise.real");
}

TEST(Curve, a_fine_tuning_run_is_a_warm_start) {
  auto loss = scratch_curve(2000);
  const auto result = run(console({loss.begin() + 1500, loss.end()}));
  const auto* start = result.find("training_log.initial-loss");
  ASSERT_NE(start, nullptr);
  EXPECT_EQ(start->relation, "derived");
  EXPECT_GT(start->log10_lr, 0);
  EXPECT_LE(start->log10_lr, 0.7);
}

TEST(Curve, cutting_the_head_off_and_renumbering_shows_as_a_warm_start) {
  // Shifted by 300 steps: 2.2 + 8.17 * 16^-0.45 = 4.55 nat on "step 0", where 10.07 is the least.
  auto loss = scratch_curve(3000);
  const auto result = run(console({loss.begin() + 300, loss.end()}, 0));
  EXPECT_EQ(result.find("training_log.initial-loss")->relation, "derived");
}

TEST(Curve, a_little_below_ln_v_is_undecidable_unless_the_embeddings_are_known_to_be_two) {
  // ln 32000 = 10.37. Tied embeddings expect each token again; two matrices know nothing at first.
  auto loss = scratch_curve(400);
  loss[0] = 10.15;
  EXPECT_EQ(run(console(loss)).find("training_log.initial-loss")->summary_key, "initial_loss.near_start");
  const auto with_config = [&](const char* tied) {
    const auto config = std::string{R"({"vocab_size": 32000, "tie_word_embeddings": )"} + tied + "}";
    return testing::run_analyzer<Curve>(
        {{"subject", {}, {{"training-log", "train.log", console(loss)}, {"config", "config.json", config}}}});
  };
  EXPECT_EQ(with_config("true").find("training_log.initial-loss")->log10_lr, 0);
  EXPECT_EQ(with_config("false").find("training_log.initial-loss")->summary_key, "initial_loss.warm");
}

TEST(Curve, fresh_embeddings_above_ln_v_are_called_undecidable) {
  auto loss = scratch_curve(400);
  loss[0] = 14.0;
  const auto* start = run(console(loss)).find("training_log.initial-loss");
  const auto result = run(console(loss));
  start = result.find("training_log.initial-loss");
  EXPECT_EQ(start->summary_key, "initial_loss.above_bound");
  EXPECT_EQ(start->log10_lr, 0);
}

TEST(Curve, two_runs_joined_are_found_at_the_joint) {
  auto loss = scratch_curve(2000);
  auto other = scratch_curve(2000, 0.03, 2);
  for (std::size_t s = 1200; s < 2000; ++s) loss[s] = other[s] - 0.6;
  const auto result = run(console(loss));
  const auto* joint = result.find("training_log.continuity");
  ASSERT_NE(joint, nullptr);
  EXPECT_EQ(joint->summary_key, "continuity.jump");
  EXPECT_GT(joint->log10_lr, 0);
  EXPECT_NE(joint->details_json.find("\"step\":1200"), std::string::npos) << joint->details_json;
}

TEST(Curve, a_spike_that_recovers_is_no_joint) {
  auto loss = scratch_curve(2000);
  for (std::size_t s = 900; s < 903; ++s) loss[s] += 2.0;
  const auto result = run(console(loss));
  EXPECT_NE(result.find("training_log.continuity")->summary_key, "continuity.jump");
}

TEST(Curve, a_smoothed_curve_is_flagged) {
  auto loss = scratch_curve(2000);
  for (std::size_t s = 1; s < loss.size(); ++s) loss[s] = 0.95 * loss[s - 1] + 0.05 * loss[s];
  const auto result = run(console(loss));
  const auto* noise = result.find("training_log.noise");
  ASSERT_NE(noise, nullptr);
  EXPECT_EQ(noise->summary_key, "noise.smoothed");
  EXPECT_GT(noise->log10_lr, 0);
}

TEST(Curve, a_beginning_as_noisy_as_the_rest_is_flagged) {
  // A warm-up of 25 steps within 0.2 nat of ln V, then a curve, and one noise put on all of it.
  std::vector<double> loss;
  for (int i = 0; i < 25; ++i) loss.push_back(std::log(32000.0) - 0.008 * i);
  for (const double v : scratch_curve(2000, 0)) loss.push_back(v - 0.2);
  EXPECT_EQ(run(console(scratch_curve(2000))).find("training_log.noise")->log10_lr, 0);
  std::mt19937 random{3};
  std::normal_distribution<double> normal{0.0, 0.03};
  for (auto& v : loss) v += normal(random);
  const auto flagged = run(console(loss));
  EXPECT_EQ(flagged.find("training_log.noise")->summary_key, "noise.loud_start");
  EXPECT_GT(flagged.find("training_log.noise")->log10_lr, 0);
  // Without the vocabulary nobody knows where an untrained model begins.
  EXPECT_EQ(run(console(loss), 0).find("training_log.noise")->log10_lr, 0);
}

TEST(Curve, neighbours_that_resemble_each_other_a_little_do_not_count) {
  // Weight 0.6 of the new value: text read in order gives the same.
  auto loss = scratch_curve(4000);
  for (std::size_t s = 1; s < loss.size(); ++s) loss[s] = 0.4 * loss[s - 1] + 0.6 * loss[s];
  const auto result = run(console(loss));
  EXPECT_EQ(result.find("training_log.noise")->summary_key, "noise.correlated");
  EXPECT_EQ(result.find("training_log.noise")->log10_lr, 0);
}

TEST(Curve, a_trainer_that_prints_an_exponential_mean_is_known_by_its_line) {
  const auto loss = scratch_curve(2000);
  std::string text;
  char line[200];
  double mean = 0;
  for (std::size_t s = 0; s < loss.size(); ++s) {
    mean = 0.9 * mean + 0.1 * loss[s];
    std::snprintf(line, sizeof line,
                  "step %05zu/02000 (%.2f%%) | loss: %.6f | lrm: 1.00 | dt: 131.20ms | tok/sec: 12,345 | mfu: 31.20\n",
                  s, static_cast<double>(s) / 20, mean / (1 - std::pow(0.9, static_cast<double>(s + 1))));
    text += line;
  }
  const auto result = run(text);
  EXPECT_EQ(result.find("training_log.noise")->summary_key, "noise.running_mean");
  for (const auto& e : result.evidence) EXPECT_LE(e.log10_lr, 0) << e.summary_key;
}

TEST(Curve, a_first_line_without_its_step_may_be_the_mean_of_many_steps) {
  // Hugging Face prints no steps to the console, and by default the mean of 500 of them.
  const auto lines = [](double first) {
    std::string text;
    for (int i = 0; i < 100; ++i)
      text += "{'loss': " + std::to_string(first - 0.01 * i) + ", 'learning_rate': 5e-05, 'epoch': 0.1}\n";
    return text;
  };
  EXPECT_EQ(run(lines(5.5)).find("training_log.initial-loss")->summary_key, "initial_loss.no_steps");
  EXPECT_EQ(run(lines(5.5)).find("training_log.initial-loss")->log10_lr, 0);
  EXPECT_EQ(run(lines(2.5)).find("training_log.initial-loss")->summary_key, "initial_loss.warm");
  EXPECT_EQ(run(lines(10.4)).find("training_log.initial-loss")->summary_key, "initial_loss.untrained");
}

TEST(Curve, a_copied_stretch_is_flagged) {
  auto loss = scratch_curve(2000);
  for (std::size_t s = 0; s < 300; ++s) loss[1500 + s] = loss[1000 + s];
  const auto result = run(console(loss));
  EXPECT_EQ(result.find("training_log.noise")->summary_key, "noise.repeated");
}

TEST(Curve, honest_runs_are_rarely_flagged) {
  // 200 honest curves with different noise: at most 2 % may be called joined, smoothed or made up.
  int flagged = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    const auto result = run(console(scratch_curve(1200, 0.01 + 0.0005 * seed, seed)));
    for (const auto& e : result.evidence) flagged += e.log10_lr > 0 ? 1 : 0;
  }
  EXPECT_LE(flagged, 4);
}

/// Losses of 16 bits, and losses printed with two decimals, have few different digits and few different differences.
TEST(Curve, coarse_numbers_of_honest_runs_are_not_flagged) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    auto coarse = scratch_curve(4000, 0.01, seed);
    std::string two_decimals;
    char line[64];
    for (std::size_t i = 0; i < coarse.size(); ++i) {
      std::snprintf(line, sizeof line, "iter %zu: loss %.2f\n", i, coarse[i]);
      two_decimals += line;
    }
    EXPECT_EQ(run(two_decimals).find("training_log.noise")->log10_lr, 0) << seed;
    auto half = scratch_curve(4000, 0.05, seed);
    for (auto& v : half) {
      const double spacing = std::ldexp(1.0, std::ilogb(v) - 7);  // bf16
      v = spacing * std::round(v / spacing);
    }
    const auto result = run(console(half));
    const auto* noise = result.find("training_log.noise");
    EXPECT_EQ(noise->log10_lr, 0) << seed << noise->summary_key;
  }
}

TEST(Curve, a_token_counter_that_goes_back_is_flagged) {
  std::string text = "step,loss,tokens\n";
  const auto loss = scratch_curve(400);
  for (std::size_t i = 0; i < loss.size(); ++i)
    text +=
        std::to_string(i) + "," + std::to_string(loss[i]) + "," + std::to_string((i < 250 ? i : i - 100) * 1000) + "\n";
  EXPECT_EQ(run(text).find("training_log.continuity")->summary_key, "continuity.tokens");
}

TEST(Curve, a_step_of_the_learning_rate_explains_the_fall_it_causes) {
  auto loss = scratch_curve(2000, 0.02);
  const auto text = [&](double later_rate, double slope) {
    std::string out = "step,loss,lr\n";
    for (std::size_t i = 0; i < loss.size(); ++i) {
      const double value = i < 1000 ? loss[i] : loss[i] - 0.3;
      const double rate = (i < 1000 ? 3e-4 : later_rate) - slope * static_cast<double>(i);
      char line[80];
      std::snprintf(line, sizeof line, "%zu,%.4f,%.9f\n", i, value, rate);
      out += line;
    }
    return out;
  };
  // Two constant stretches: a step schedule. Two decays that do not meet: two runs.
  EXPECT_EQ(run(text(3e-5, 0)).find("training_log.continuity")->log10_lr, 0);
  EXPECT_GT(run(text(2e-4, 5e-8)).find("training_log.continuity")->log10_lr, 0);
}

TEST(Curve, a_clock_that_goes_back_is_flagged) {
  std::string text;
  const auto loss = scratch_curve(500);
  char line[128];
  for (int s = 0; s < 500; ++s) {
    std::snprintf(line, sizeof line, "step:%d/500 train_loss:%.4f train_time:%dms\n", s,
                  loss[static_cast<std::size_t>(s)], 1000 * (s < 300 ? s : s - 100));
    text += line;
  }
  EXPECT_EQ(run(text).find("training_log.continuity")->summary_key, "continuity.clock");
}

TEST(Curve, a_distillation_sum_says_nothing_about_the_start) {
  std::string text = "[KD] Loading teacher (base model, frozen)...\n[KD] Loading student (trainable copy)...\n";
  for (int s = 1; s < 30; ++s)
    text += "  E1 step " + std::to_string(200 * s) + "/6000 | loss=" + std::to_string(40 - s) + ".5 | 2.1min\n";
  const auto result = run(text);
  EXPECT_EQ(result.find("training_log.initial-loss")->summary_key, "initial_loss.distillation");
  EXPECT_EQ(result.find("training_log.initial-loss")->log10_lr, 0);
  EXPECT_EQ(result.find("training_log.stated-start")->relation, "derived");
}

TEST(Curve, an_empty_history_abstains_with_a_reason) {
  const auto result = run("{\"log_history\": [], \"global_step\": 0}");
  EXPECT_TRUE(result.evidence.empty());
  EXPECT_NE(result.status, PEDIGREE_OK);
  EXPECT_FALSE(result.error.empty());
}

TEST(Curve, hostile_logs_end_in_a_named_outcome) {
  const std::string cases[] = {std::string(1 << 20, '{'),       std::string(1 << 20, '['),
                               "\x1b[2J\x1b]0;x\x07 loss: nan", "{\"loss\": 1e999, \"step\": -5}",
                               "step 1 loss \xff\xfe\xfd",      std::string(100000, '\0'),
                               "loss loss loss loss",           "{'loss': NaN}\n{'loss': Infinity}\n"};
  for (const auto& log : cases) {
    const auto result = run(log);
    EXPECT_TRUE(result.status == PEDIGREE_OK || !result.error.empty());
    for (const auto& e : result.evidence) EXPECT_TRUE(std::isfinite(e.value) && std::isfinite(e.log10_lr));
  }
}

TEST(Curve, later_stages_do_not_hide_an_untrained_beginning) {
  auto loss = scratch_curve(2000);
  const auto result =
      testing::run_analyzer<Curve>({{"subject",
                                     {},
                                     {{"training-log", "a-sft.log", console({loss.begin() + 1800, loss.end()})},
                                      {"training-log", "pretrain.log", console(loss)}}}},
                                   R"({"vocabulary": 32000})");
  int beginnings = 0;
  for (const auto& e : result.evidence) beginnings += e.signal == "training_log.initial-loss" ? 1 : 0;
  EXPECT_EQ(beginnings, 1);
  EXPECT_EQ(result.find("training_log.initial-loss")->relation, "supports_from_scratch");
}

}  // namespace
}  // namespace pedigree::training_log
