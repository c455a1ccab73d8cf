// SPDX-License-Identifier: MIT
// Parameters from the shape against published totals. The expected numbers are the makers' (model cards and
// papers), never this program's output.
#include <gtest/gtest.h>

#include "plugins/architecture/parameters.hpp"
#include "plugins/architecture/tests/support.hpp"

namespace pedigree::architecture {
namespace {

struct Published {
  const char* id;
  double total, active;  ///< in billions; active 0 for dense models
  double tolerance;      ///< published rounding, plus what a card leaves out
};

io::ModelConfig config_of(const std::string& id) {
  const auto model = card_model(id);
  auto config = io::read_config(model.memory.front().bytes, id);
  EXPECT_TRUE(config.ok()) << id;
  return config.ok() ? *config : io::ModelConfig{};
}

TEST(parameters, agree_with_the_published_totals) {
  const Published published[] = {
      {"openai-community/gpt2", 0.124439808, 0, 1e-4},     // 124,439,808: exact
      {"openai-community/gpt2-xl", 1.5576112, 0, 1e-4},    // 1,557,611,200: exact
      {"meta-llama/Llama-2-7b-hf", 6.738415616, 0, 1e-6},  // exact
      {"meta-llama/Llama-2-70b-hf", 68.976648192, 0, 1e-6},
      {"meta-llama/Meta-Llama-3-8B", 8.030261248, 0, 1e-6},
      {"meta-llama/Llama-3.1-405B", 405.853388800, 0, 1e-6},
      {"mistralai/Mistral-7B-v0.1", 7.241732096, 0, 1e-6},
      {"Qwen/Qwen2.5-72B", 72.706203648, 0, 1e-5},
      {"Qwen/Qwen2.5-7B", 7.615616512, 0, 1e-5},
      {"mistralai/Mixtral-8x7B-v0.1", 46.702792704, 12.9, 1e-3},
      {"mistralai/Mixtral-8x22B-v0.1", 140.6, 39.1, 2e-3},
      {"deepseek-ai/DeepSeek-V3", 671.0, 37.6, 2e-3},
      {"deepseek-ai/DeepSeek-V2", 235.7, 21.4, 3e-3},
      {"moonshotai/Kimi-K2-Instruct", 1026.4, 32.9, 3e-3},
      {"Qwen/Qwen3-235B-A22B", 235.1, 22.2, 3e-3},
      {"Qwen/Qwen3-30B-A3B-Base", 30.5, 3.35, 3e-3},
      {"EleutherAI/pythia-6.9b", 6.857302016, 0, 1e-4},
      {"EleutherAI/gpt-neox-20b", 20.554567680, 0, 1e-3},
      {"google/gemma-2-9b", 9.241705984, 0, 1e-4},
      {"tiiuae/falcon-7b", 6.921720704, 0, 1e-3},
      {"databricks/dbrx-base", 131.6, 36.0, 5e-3},
      {"xai-org/grok-1", 314.0, 0, 1.5e-2},
      {"openai/gpt-oss-20b", 20.9, 0, 1e-2},
      {"microsoft/phi-2", 2.779683840, 0, 1e-3},
      {"bigscience/bloom", 176.247271424, 0, 1e-3},
  };
  for (const auto& p : published) {
    const auto result = estimate_parameters(config_of(p.id));
    ASSERT_TRUE(result.estimate) << p.id << ": " << result.reason;
    EXPECT_NEAR(result.estimate->total / (p.total * 1e9), 1.0, p.tolerance) << p.id << " " << result.estimate->total;
    if (p.active > 0) {
      EXPECT_NEAR(result.estimate->active / (p.active * 1e9), 1.0, 0.03) << p.id;
    }
    EXPECT_LE(result.estimate->active, result.estimate->total) << p.id;
  }
}

// 48 layers x 129 experts x 3 x 4096 x 1280 = 97.39e9; attention 48 x (2 x 4096 x 8192 + 2 x 4096 x
// 1024) = 3.62e9; two embeddings of 196608 x 4096 = 1.61e9; routers 0.03e9: 102.6e9, as claimed.
TEST(parameters, solar_has_what_is_claimed) {
  const auto result = run({card_model("upstage/Solar-Open-100B")});
  const auto* e = result.find(signal::kParameterCount);
  ASSERT_NE(e, nullptr);
  EXPECT_NEAR(e->value, 102.65e9, 0.1e9);
  EXPECT_EQ(e->summary_key, "parameter_count_agrees");
}

// A.X-K1 as its maker describes it: 60 layers x 193 experts x 3 x 7168 x 2048 = 510.0e9, attention
// 6.2e9, embeddings 2.3e9, one dense layer 0.4e9: 519e9 in total, and per token 60 x 9 x 44.04e6 =
// 23.8e9 + 6.2e9 + 2.3e9 + 0.4e9 = 32.8e9. With the study's expert width of 2560 it would be 646e9.
TEST(parameters, the_makers_expert_width_of_axk1_fits_the_claim_and_the_studys_does_not) {
  auto config = config_of("skt/A.X-K1");
  const auto makers = estimate_parameters(config);
  ASSERT_TRUE(makers.estimate);
  EXPECT_NEAR(makers.estimate->total, 519e9, 2e9);
  EXPECT_NEAR(makers.estimate->active, 32.8e9, 0.5e9);
  for (auto& c : config.components)
    c.facts.insert_or_assign(std::string{io::fact::kExpertSize},
                             io::ConfigFact{std::int64_t{2560}, io::FactOrigin::stated, "/moe_intermediate_size"});
  const auto studys = estimate_parameters(config);
  ASSERT_TRUE(studys.estimate);
  EXPECT_GT(studys.estimate->total, 600e9);
}

TEST(parameters, a_claim_that_does_not_fit_is_flagged) {
  const auto result = run({card_model("meta-llama/Meta-Llama-3-8B")}, R"({"claimed_parameters": 12000000000.0})");
  const auto* e = result.find(signal::kParameterCount);
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->summary_key, "parameter_count_mismatch");
  EXPECT_TRUE(details_of(*e)["total_mismatch"].get<bool>());
  EXPECT_EQ(e->log10_lr, 0);
}

// Layers that are no attention, counted from the papers (Mamba-2, Gated DeltaNet, LatentMoE). The totals are those
// of the makers' cards: Nemotron-H 56B; Nemotron 3 Nano 31.6B with 3.6B active (embeddings included), Super 120.6B
// with 12.7B, Ultra 550B with 55B; Qwen3-Next 80B; Jamba 52B with 12B. Names are rounded, hence 3 % where only a
// name is known.
TEST(parameters, of_hybrid_models_agree_with_the_published_totals) {
  const Published published[] = {
      {"nvidia/Nemotron-H-56B-Base-8K", 56, 0, 0.02},
      {"nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", 31.6, 3.6, 0.01},
      {"nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16", 120.6, 12.7, 0.02},
      {"nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16", 550, 55, 0.03},
      {"Qwen/Qwen3-Next-80B-A3B-Thinking", 80, 0, 0.02},
      {"ai21labs/Jamba-v0.1", 51.6, 12.1, 0.01},
  };
  for (const auto& p : published) {
    const auto result = estimate_parameters(config_of(p.id));
    ASSERT_TRUE(result.estimate) << p.id << ": " << result.reason;
    EXPECT_NEAR(result.estimate->total / (p.total * 1e9), 1.0, p.tolerance) << p.id << " " << result.estimate->total;
    if (p.active > 0) {
      EXPECT_NEAR(result.estimate->active / (p.active * 1e9), 1.0, 0.05) << p.id << " " << result.estimate->active;
    }
  }
}

// "35B-A3B" in a name is the maker's rounded claim: every configuration beside the project that has such a name,
// and is no abridged table, agrees with it. Active counts leave the embeddings out or in, so they are not held.
TEST(parameters, agree_with_what_the_names_of_mixture_models_say) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  struct Named {
    const char* file;
    double billions;
  };
  const Named named[] = {{"Qwen__Qwen3.5-27B", 27},
                         {"Qwen__Qwen3.5-35B-A3B", 35},
                         {"Qwen__Qwen3.5-122B-A10B", 122},
                         {"Qwen__Qwen3.5-397B-A17B", 397},
                         {"Qwen__Qwen3.8-2.4T-A95B", 2400},
                         {"google__gemma-4-26B-A4B", 25.2},
                         {"nvidia__Gemma-4-31B-IT-NVFP4", 30.7}};
  for (const auto& n : named) {
    const auto config = io::read_config(read_text(shared / "data/configs" / (std::string{n.file} + ".json")), n.file);
    ASSERT_TRUE(config.ok()) << n.file;
    const auto result = estimate_parameters(*config);
    ASSERT_TRUE(result.estimate) << n.file << ": " << result.reason;
    EXPECT_NEAR(result.estimate->total / (n.billions * 1e9), 1.0, 0.05) << n.file << " " << result.estimate->total;
  }
}

// state-spaces/mamba-130m: 129,135,360 parameters (the paper's 130M), embeddings tied.
TEST(parameters, of_a_model_without_attention) {
  const auto config = io::read_config(R"({"model_type": "mamba", "hidden_size": 768, "num_hidden_layers": 24,
    "intermediate_size": 1536, "state_size": 16, "conv_kernel": 4, "expand": 2, "vocab_size": 50280,
    "tie_word_embeddings": true})");
  ASSERT_TRUE(config.ok());
  const auto result = estimate_parameters(*config);
  ASSERT_TRUE(result.estimate) << result.reason;
  EXPECT_NEAR(result.estimate->total, 129135360, 129135360 * 1e-3);
}

TEST(parameters, what_has_no_formula_gives_no_number) {
  const char* const configs[] = {
      // lightning attention: its projections are not those of any formula here
      R"({"model_type": "minimax", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 9,
          "intermediate_size": 64, "layer_types": ["linear_attention", "full_attention"]})",
      R"({"model_type": "deepseek_v4", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
          "vocab_size": 9, "intermediate_size": 64})",
      R"({"model_type": "gemma3n_text", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
          "vocab_size": 9, "intermediate_size": 64, "hidden_size_per_layer_input": 256})"};
  for (const char* text : configs) {
    const auto result = run({config_model("subject", text)});
    EXPECT_EQ(result.find(signal::kParameterCount), nullptr) << text;
    EXPECT_FALSE(result.log.empty()) << text;
  }
}

TEST(parameters, five_subjects_agree_with_their_claims) {
  for (const char* id : {"upstage/Solar-Open-100B", "naver-hyperclovax/HyperCLOVAX-SEED-Think-32B", "skt/A.X-K1",
                         "NC-AI-consortium-VAETKI/VAETKI", "LGAI-EXAONE/K-EXAONE-236B-A23B"}) {
    const auto result = run({card_model(id)});
    const auto* e = result.find(signal::kParameterCount);
    ASSERT_NE(e, nullptr) << id;
    EXPECT_FALSE(details_of(*e)["total_mismatch"].get<bool>()) << id << e->details_json;
  }
}

}  // namespace
}  // namespace pedigree::architecture
