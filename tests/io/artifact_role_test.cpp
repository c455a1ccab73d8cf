// SPDX-License-Identifier: MIT
// What a file is when its name does not say: by its first bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "pedigree/io/artifact_role.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::io {
namespace {

std::string_view of(std::string_view head) { return role_of("saved-under-another-name.json", head); }

// GPT-J, MOSS and K-EXAONE name their tokenizer's class in config.json; Kimi-K2.7 holds it as null.
TEST(artifact_role, a_config_that_names_its_tokenizer_is_a_config) {
  EXPECT_EQ(of(R"({"architectures": ["GPTJForCausalLM"], "n_embd": 4096, "tokenizer_class": "GPT2Tokenizer"})"),
            role::kConfig);
  EXPECT_EQ(of(R"({"tokenizer_class": "Qwen2Tokenizer", "hidden_size": 64})"), role::kConfig);
  EXPECT_EQ(of(R"({"text_config": {"tokenizer_class": null}})"), role::kConfig);
  EXPECT_EQ(of(R"({"dim": 4096, "n_layers": 32, "n_heads": 32})"), role::kConfig);
}

TEST(artifact_role, what_is_no_config_stays_what_it_is) {
  EXPECT_EQ(of(R"({"tokenizer_class": "LlamaTokenizer", "model_max_length": 4096})"), role::kTokenizerConfig);
  EXPECT_EQ(of(R"({"version": "1.0", "truncation": null, "added_tokens": []})"), role::kTokenizer);
  EXPECT_EQ(of(R"({"metadata": {"total_size": 1}, "weight_map": {"hidden_size": "a"}})"), role::kWeightsIndex);
  EXPECT_EQ(of(R"({"base_model_name_or_path": "a/b", "peft_type": "LORA", "n_layers": 1})"), role::kAdapterConfig);
  EXPECT_EQ(of(R"({"prompt": "what is hidden_size?", "response": "a \"d_model\": 12"})"), role::kResponses);
  EXPECT_EQ(of(R"({"step": 1, "loss": 9.0})"), role::kTrainingLog);
  // A word of a vocabulary is no key of the document.
  EXPECT_EQ(of(R"({"model": {"vocab": {"architectures": 1, "n_embd": 2}}})"), role::kTokenizer);
}

TEST(artifact_role, console_logs_of_every_trainer_are_training_logs) {
  for (const std::string_view head :
       {"[batch=366/48000]:\n         Train loss/train/total: 10.3750\n", "{'loss': 2.1, 'learning_rate': 1e-05}\n",
        "[2023-01-11 13:30:00,123] [INFO] [engine.py:309:train_batch] steps: 10 loss: 6.9\n",
        "s:0 tel:11.0092\ns:0 trl:11.0091 lr:0.000001 norm:15.37\n",
        "2024-08-06 INFO    [step=1/739328,epoch=0]\n    train/CrossEntropyLoss=12.18\n",
        "[rank0]:[titan] 2025-03-12 - step: 22  loss:  6.2250\n"})
    EXPECT_EQ(role_of("run.log", head), role::kTrainingLog) << head;
  // Settings fill the head: the name says it.
  EXPECT_EQ(role_of("train.log", "  adam_beta1 ........ 0.9\n"), role::kTrainingLog);
  EXPECT_EQ(role_of("slurm-1234.out", "srun: job 1234 queued\n"), role::kTrainingLog);
  EXPECT_EQ(role_of("history.jsonl", R"({"_step": 1, "_runtime": 2.5, "train/loss": 9.5})"), role::kTrainingLog);
  EXPECT_EQ(role_of("server.log", "GET / 200\n"), role::kUnknown);
  EXPECT_EQ(role_of("a.json", "[\n  {\"instruction\": \"x\", \"output\": \"y\"}]"), role::kResponses);
}

TEST(artifact_role, a_head_that_ends_anywhere_is_read_without_harm) {
  const std::string whole = R"({"a\\": "\"{[", "b": [{"c": 1}], "hidden_size": 1})";
  for (std::size_t n = 0; n <= whole.size(); ++n) (void)of(std::string_view{whole}.substr(0, n));
  EXPECT_EQ(of(whole), role::kConfig);
  EXPECT_EQ(of("]]]}}}\"hidden\\"), role::kUnknown);
}

TEST(artifact_role, every_real_config_under_another_name_is_seen_as_one) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  for (const auto& entry : std::filesystem::directory_iterator(shared / "data" / "configs")) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(role_of(entry.path().filename().string(), text.str()), role::kConfig) << entry.path().filename();
  }
}

}  // namespace
}  // namespace pedigree::io
