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
