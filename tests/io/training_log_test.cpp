// SPDX-License-Identifier: MIT
// What trainers print, line by line as they print it.
#include "pedigree/io/training_log.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace pedigree::io {
namespace {

TrainingLog read(std::string_view text, std::string_view pattern = {}) {
  auto log = read_training_log("train.log", text, pattern);
  EXPECT_TRUE(log.ok()) << (log.ok() ? "" : log.error().text());
  return log.ok() ? std::move(*log) : TrainingLog{};
}

/// step and loss of the first point
void expect_first(const TrainingLog& log, double step, double loss) {
  ASSERT_FALSE(log.points.empty());
  ASSERT_TRUE(log.points[0].step.has_value());
  ASSERT_TRUE(log.points[0].loss.has_value());
  EXPECT_DOUBLE_EQ(*log.points[0].step, step);
  EXPECT_DOUBLE_EQ(*log.points[0].loss, loss);
}

TEST(LogFormats, megatron) {
  const auto log = read(
      " [2025-01-01 00:00:00] iteration       10/  488281 | consumed samples:         2560 | elapsed time per "
      "iteration "
      "(ms): 4821.2 | throughput per GPU (TFLOP/s/GPU): 401.2 | learning rate: 1.500000E-06 | global batch size:   256 "
      "| "
      "lm loss: 1.084379E+01 | loss scale: 1.0 | grad norm: 2.519 | number of skipped iterations:   0 | number of nan "
      "iterations:   0 |\n"
      " validation loss at iteration 1000 | lm loss value: 3.112233E+00 | lm loss PPL: 2.247118E+01 | \n");
  expect_first(log, 10, 10.84379);
  EXPECT_DOUBLE_EQ(*log.points[0].learning_rate, 1.5e-6);
  EXPECT_DOUBLE_EQ(*log.points[0].grad_norm, 2.519);
  EXPECT_DOUBLE_EQ(*log.points[0].samples, 2560);
  ASSERT_EQ(log.points.size(), 2u);
  EXPECT_DOUBLE_EQ(*log.points[1].eval_loss, 3.112233);
}

TEST(LogFormats, megatron_settings_that_are_off_say_nothing) {
  const auto log = read(
      "  finetune ........................................ False\n"
      "  pretrained_checkpoint ........................... None\n"
      "  num_distillation_layers ......................... 0\n"
      "  teacher_model: null\n"
      "Training with no fine-tuning.\n"
      "iteration 1/ 10 | lm loss: 1.1E+01 |\n");
  EXPECT_TRUE(log.remarks.empty()) << log.remarks.front().text;
  EXPECT_FALSE(read("  finetune ..................... True\niteration 1/ 10 | lm loss: 2.1E+00 |\n").remarks.empty());
}

TEST(LogFormats, the_vocabulary_is_read_from_printed_settings) {
  const auto size = [](std::string line) {
    return read(line + "\niteration 1/ 10 | lm loss: 1.1E+01 |\n").vocabulary_size.value_or(0);
  };
  EXPECT_EQ(size("  padded_vocab_size ............................... 50304"), 50304);
  EXPECT_EQ(size("Vocabulary size: 8,000 words"), 8000);
  EXPECT_EQ(size("vocab_size = 32000"), 32000);
}

TEST(LogFormats, nemo) {
  const auto log = read(
      "0: Training epoch 0, iteration 32/99 | lr: 4.8e-06 | global_batch_size: 16 | global_step: 32 | "
      "reduced_train_loss: 1.436 | train_step_timing in s: 4.929 | consumed_samples: 528\n");
  expect_first(log, 32, 1.436);
  EXPECT_DOUBLE_EQ(*log.points[0].learning_rate, 4.8e-6);
}

TEST(LogFormats, gpt_neox) {
  const auto log = read(
      " samples/sec: 5.332 | iteration       10/  320000 | elapsed time per iteration (ms): 6001.7 | learning rate: "
      "3.750E-07 | approx flops per GPU: 39.6TFLOPS | lm_loss: 1.084379E+01 | loss scale: 65536.0 | number of skipped "
      "iterations:   3 | number of nan iterations:   0 |\n");
  expect_first(log, 10, 10.84379);
}

TEST(LogFormats, nanogpt) {
  const auto log =
      read("step 0: train loss 10.9887, val loss 10.9881\niter 0: loss 10.9918, time 24.11ms, mfu -100.00%\n");
  ASSERT_EQ(log.points.size(), 2u);
  EXPECT_DOUBLE_EQ(*log.points[0].eval_loss, 10.9881);
  EXPECT_DOUBLE_EQ(*log.points[1].loss, 10.9918);
}

TEST(LogFormats, llm_c) {
  const auto log = read("s:0 tel:11.0092\ns:0 trl:11.0091 lr:0.000001 norm:15.37\n");
  ASSERT_EQ(log.points.size(), 2u);
  EXPECT_DOUBLE_EQ(*log.points[1].loss, 11.0091);
  EXPECT_DOUBLE_EQ(*log.points[1].grad_norm, 15.37);
}

TEST(LogFormats, modded_nanogpt) {
  const auto log = read(
      "step:0/6200 val_loss:10.9264 train_time:285ms step_avg:nanms\n"
      "step:1/6200 train_loss:10.9184 train_time:74701ms step_avg:nanms\n");
  ASSERT_EQ(log.points.size(), 2u);
  EXPECT_DOUBLE_EQ(*log.points[1].loss, 10.9184);
  EXPECT_DOUBLE_EQ(*log.points[1].wall_seconds, 74.701);
}

TEST(LogFormats, torchtitan_with_colours) {
  const auto log = read(
      "[rank0]:[titan] 2025-03-12 11:10:21,511 - root - INFO - \x1b[31mstep: 22  \x1b[32mloss:  6.22500  "
      "\x1b[38;2;180;60;0mgrad_norm:  0.8319  \x1b[33mmemory:  1.41GiB(1.79%)  \x1b[34mtps: 193,831  \x1b[36mtflops: "
      "18.36  \x1b[35mmfu: 1.86%\x1b[39m\n");
  expect_first(log, 22, 6.225);
  EXPECT_DOUBLE_EQ(*log.points[0].tokens_per_second, 193831);
  EXPECT_DOUBLE_EQ(*log.points[0].grad_norm, 0.8319);
}

TEST(LogFormats, olmo_prints_a_block_for_every_step) {
  const auto log = read(
      "2024-08-06 09:59:26.181 host:0  olmo.train:908  INFO    [step=1/739328,epoch=0]\n"
      "    optim/total_grad_norm=231.7\n"
      "    train/CrossEntropyLoss=12.18\n"
      "    train/Perplexity=195,153\n"
      "    throughput/total_tokens=1,048,576\n"
      "    System/Peak GPU Memory (MB)=46,911\n"
      "2024-08-06 10:00:05.520 host:0  olmo.train:908  INFO    [step=2/739328,epoch=0]\n"
      "    train/CrossEntropyLoss=12.05\n"
      "    throughput/total_tokens=2,097,152\n"
      "2024-08-06 10:00:06.520 host:0  olmo.train:908  INFO    Saving checkpoint...\n");
  ASSERT_EQ(log.points.size(), 2u);
  expect_first(log, 1, 12.18);
  EXPECT_DOUBLE_EQ(*log.points[0].grad_norm, 231.7);
  EXPECT_DOUBLE_EQ(*log.points[0].tokens, 1048576);
  EXPECT_DOUBLE_EQ(*log.points[1].step, 2);
  EXPECT_DOUBLE_EQ(*log.points[1].loss, 12.05);
}

TEST(LogFormats, olmo_core) {
  const auto log = read(
      "2025-02-01T10:00:00Z\thost:0\tolmo_core.train.callbacks.console_logger:111\tINFO\t[step=100/1000,epoch=1]\n"
      "    optim/LR (group 0)=2.0000E-04\n"
      "    optim/total grad norm=1.204\n"
      "    train/CE loss=6.871\n"
      "    train/PPL=964.0\n");
  expect_first(log, 100, 6.871);
  EXPECT_DOUBLE_EQ(*log.points[0].learning_rate, 2e-4);
}

TEST(LogFormats, composer_and_llm_foundry) {
  const auto log = read(
      "[batch=366/48000]:\n"
      "         Train time/batch: 365\n"
      "         Train time/token: 382730240\n"
      "         Train trainer/device_train_microbatch_size: 16\n"
      "         Train loss/train/total: 10.3750\n"
      "         Train metrics/train/LanguageCrossEntropy: 10.3750\n");
  expect_first(log, 365, 10.375);
  EXPECT_DOUBLE_EQ(*log.points[0].tokens, 382730240);
}

TEST(LogFormats, maxtext) {
  const auto log = read(
      "completed step: 9, seconds: 1.341, TFLOP/s/device: 257.929, Tokens/s/device: 36653.244, total_weights: 1, loss: "
      "10.879\n");
  expect_first(log, 9, 10.879);
}

TEST(LogFormats, deepspeed_pipeline) {
  const auto log = read(
      "[2023-01-11 13:30:00,123] [INFO] [engine.py:309:train_batch] steps: 10 loss: 6.9001 iter time (s): 0.512 "
      "samples/sec: 99.998\n");
  expect_first(log, 10, 6.9001);
}

TEST(LogFormats, hugging_face_console_dicts) {
  const auto log = read(
      "  1%|          | 10/1000 [00:10<16:30,  1.00s/it]\r{'loss': 2.1, 'grad_norm': 1.5, 'learning_rate': 1e-05, "
      "'epoch': 0.01}\n{'loss': nan, 'learning_rate': 1e-05, 'epoch': 0.02}\n");
  ASSERT_EQ(log.points.size(), 1u);
  EXPECT_DOUBLE_EQ(*log.points[0].loss, 2.1);
  EXPECT_EQ(log.not_finite, 1u);
}

TEST(LogFormats, llama_factory_trainer_log) {
  const auto log = read(
      "{\"current_steps\": 10, \"total_steps\": 8660, \"loss\": 2.4977, \"lr\": 4.9e-05, \"epoch\": 0.01, "
      "\"percentage\": 0.12, \"elapsed_time\": \"0:00:24\", \"remaining_time\": \"5:46:02\"}\n");
  expect_first(log, 10, 2.4977);
  EXPECT_DOUBLE_EQ(*log.points[0].wall_seconds, 24);
}

TEST(LogFormats, trainer_state_with_bare_nan) {
  const auto log = read(
      "{\n \"best_metric\": null,\n \"global_step\": 30,\n \"log_history\": [\n  {\n   \"epoch\": 0.1,\n   \"loss\": "
      "NaN,\n   "
      "\"step\": 10\n  },\n  {\n   \"epoch\": 0.2,\n   \"loss\": 5.5,\n   \"step\": 20\n  },\n  {\n   \"train_loss\": "
      "6.5,\n   "
      "\"train_runtime\": 9.5,\n   \"step\": 30\n  }\n ]\n}\n");
  EXPECT_EQ(log.format, "hf-trainer-state");
  ASSERT_EQ(log.points.size(), 1u);  // the NaN is counted, the row of totals is not a measurement
  EXPECT_EQ(log.not_finite, 1u);
  expect_first(log, 20, 5.5);
  EXPECT_FALSE(log.truncated);
}

TEST(LogFormats, weights_and_biases_history_with_nested_values) {
  const auto log = read(
      "{\"_step\": 3, \"_runtime\": 12.5, \"train/loss\": 9.75, \"gpu\": {\"0\": {\"mem\": 1.5}}, \"train/lr\": "
      "0.001}\n"
      "{\"_step\": 4, \"_runtime\": 13.5, \"train/CE loss\": 9.5}\n");
  ASSERT_EQ(log.points.size(), 2u);
  expect_first(log, 3, 9.75);
  EXPECT_DOUBLE_EQ(*log.points[0].learning_rate, 0.001);
  EXPECT_DOUBLE_EQ(*log.points[1].loss, 9.5);
}

TEST(LogFormats, weights_and_biases_chart) {
  const auto log = read(
      "\"Step\",\"run, 1 - train/loss\",\"run, 1 - train/loss__MIN\",\"run, 1 - train/loss__MAX\"\n"
      "\"0\",\"10.9\",\"10.8\",\"11\"\n\"50\",\"8.25\",\"8\",\"8.5\"\n");
  EXPECT_EQ(log.format, "csv");
  ASSERT_EQ(log.points.size(), 2u);
  EXPECT_DOUBLE_EQ(*log.points[1].step, 50);
  EXPECT_DOUBLE_EQ(*log.points[1].loss, 8.25);
}

TEST(LogFormats, lightning_metrics) {
  const auto log =
      read("epoch,lr-AdamW,step,train_loss_epoch,train_loss_step,val_loss\n0,0.001,49,,9.25,\n0,,99,,,8.5\n");
  ASSERT_EQ(log.points.size(), 2u);
  expect_first(log, 49, 9.25);
  EXPECT_DOUBLE_EQ(*log.points[0].learning_rate, 0.001);
  EXPECT_DOUBLE_EQ(*log.points[1].eval_loss, 8.5);
}

TEST(LogFormats, a_broken_line_of_json_lines_costs_only_itself) {
  const auto log = read(
      "{\"step\": 1, \"loss\": 9.5}\n{\"step\": 2, \"loss\": 9.25, \"na\n{\"step\": 3, \"loss\": 9.0}\n{\"step\": 4, "
      "\"loss\": 8\n{\"step\": 5, \"loss\": 8.5}\n");
  ASSERT_EQ(log.points.size(), 3u);
  EXPECT_DOUBLE_EQ(*log.points[1].step, 3);
  EXPECT_DOUBLE_EQ(*log.points[2].step, 5);
}

TEST(LogFormats, pytorch_word_language_model_counts_batches_within_the_epoch) {
  const auto log = read(
      "| epoch   1 |   200/ 2983 batches | lr 20.00 | ms/batch 12.30 | loss  7.53 | ppl  1860.10\n"
      "| epoch   1 |   400/ 2983 batches | lr 20.00 | ms/batch 12.30 | loss  6.83 | ppl   925.10\n"
      "| epoch   2 |   200/ 2983 batches | lr 20.00 | ms/batch 12.30 | loss  6.53 | ppl   685.10\n");
  expect_first(log, 200, 7.53);
  ASSERT_EQ(log.points.size(), 3u);
  EXPECT_DOUBLE_EQ(*log.points[2].step, 600);
  EXPECT_FALSE(log.running_mean);
}

TEST(LogFormats, nanochat_prints_an_exponential_mean) {
  const auto log = read(
      "step 00010/21400 (0.05%) | loss: 10.312345 | lrm: 1.00 | dt: 131.20ms | tok/sec: 12,345 | mfu: 31.20 | total "
      "time: 0.02m\n");
  expect_first(log, 10, 10.312345);
  EXPECT_TRUE(log.running_mean);
}

TEST(LogFormats, remarks_name_the_line_of_the_file) {
  const auto log = read("\nnothing\r\nInitializing from checkpoint base\niter 0: loss 2.5\n");
  ASSERT_EQ(log.remarks.size(), 1u);
  EXPECT_EQ(log.remarks[0].line, 3u);
  EXPECT_EQ(log.lines, 4u);
}

TEST(LogFormats, source_code_in_a_log_is_no_statement_of_the_run) {
  const auto log = read(
      "class GPT(nn.Module):\n    def from_pretrained(cls, model_type):\n    # finetune from a pretrained model\n"
      "    if resume from: pass\nstep:1/10 train_loss:10.9\n");
  EXPECT_TRUE(log.remarks.empty()) << log.remarks.front().text;
}
TEST(TrainingLog, numbers_too_large_to_be_held_are_no_facts) {
  const auto log = read("total params 7.5e400\npadded_vocab_size ... 1e999\nstep 1 loss 2.5\nstep 2 loss 2.25\n");
  EXPECT_FALSE(log.parameters);
  EXPECT_FALSE(log.vocabulary_size);
  EXPECT_EQ(log.points.size(), 2u);
  for (const auto& point : read("9e999/step - loss: 2.5\n1e308/step - loss: 2.5\n1/step - loss: 2.25\n").points)
    EXPECT_TRUE(!point.step || std::isfinite(*point.step));
}

}  // namespace
}  // namespace pedigree::io
