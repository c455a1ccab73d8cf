// SPDX-License-Identifier: MIT
// Declared origin, obstacles, unique features and fossils.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/architecture/tests/support.hpp"

namespace pedigree::architecture {
namespace {

constexpr auto kHyperclova = "naver-hyperclovax/HyperCLOVAX-SEED-Think-32B";
constexpr auto kVision32 = "Qwen/Qwen2.5-VL-32B-Instruct";

// vision_config.model_type is qwen2_5_vl inside a model of another family.
TEST(lineage, an_encoder_named_after_another_family_is_declared_reuse) {
  const auto result = run({card_model(kHyperclova), card_model("Qwen/Qwen2.5-VL-7B-Instruct"), card_model(kVision32)});
  const auto* e = find(result, signal::kDeclaredLineage, kVision32, "vision_encoder");
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->relation, relation::kDerived);
  EXPECT_NEAR(e->log10_lr, 0.3, 1e-12);
  const auto details = details_of(*e);
  ASSERT_FALSE(details["declared"].empty());
  EXPECT_EQ(details["declared"][0]["component"], "vision_encoder");
  EXPECT_EQ(details["declared"][0]["parent"], kVision32);
  EXPECT_NE(details["declared"][0]["source"].get<std::string>().find("/vision_config/model_type"), std::string::npos);
  // Width 1280, 32 layers, 16 heads and patch 14 are equal; the feed-forward width is not published.
  const auto* core = find(result, signal::kCoreMatch, kVision32, "vision_encoder");
  ASSERT_NE(core, nullptr);
  EXPECT_EQ(core->value, 4);
  EXPECT_EQ(details_of(*core)["rows"].size(), 5u);
}

TEST(lineage, the_decoder_is_not_touched_by_what_the_encoder_declares) {
  const auto result = run({card_model(kHyperclova), card_model(kVision32)});
  for (const auto& e : result.evidence)
    if (e.signal == signal::kDeclaredLineage) {
      EXPECT_NE(e.component, "text_decoder");
      EXPECT_NE(e.component, "model");
    }
}

TEST(lineage, a_family_using_its_own_encoder_declares_nothing) {
  auto model = config_model("Qwen/Qwen2.5-VL-7B-Instruct",
                            R"({"model_type":"qwen2_5_vl","hidden_size":3584,"num_hidden_layers":28,
    "vision_config":{"model_type":"qwen2_5_vl","hidden_size":1280,"depth":32}})");
  EXPECT_EQ(run({model}).find(signal::kDeclaredLineage), nullptr);
}

TEST(lineage, a_model_card_names_its_base_in_every_way_yaml_allows) {
  const std::pair<const char*, std::vector<std::string>> cards[] = {
      {"---\nbase_model: org/base\n---\n# Title", {"org/base"}},
      {"---\r\nlicense: mit\r\nbase_model: \"org/base\"  \r\n---\r\n", {"org/base"}},
      {"---\nbase_model:\n- org/a\n- 'org/b'\ntags: [x, y]\n---\n", {"org/a", "org/b"}},
      {"---\nbase_model:\n  - org/a # the first\n---\n", {"org/a"}},
      {"---\nbase_model: [org/a, org/b]\n---\n", {"org/a", "org/b"}},
      {"---\nmodel-index:\n- name: x\n  base_model: org/not-this\nbase_model: null\n---\n", {}},
      {"# no front matter\nbase_model: org/not-this\n", {}},
  };
  for (const auto& [text, bases] : cards) {
    const auto card = io::read_model_card(text, "README.md");
    ASSERT_TRUE(card.ok()) << text;
    EXPECT_EQ(card->base_models, bases) << text;
  }
  EXPECT_EQ(io::read_model_card("---\nbase_model: a\n").error().code, "CARD_FRONT_MATTER");
}

TEST(lineage, model_card_and_adapter_name_a_reference_whatever_its_case) {
  testing::Model subject{.id = "me/mine"};
  subject.memory = {
      {"model-card", "README.md", "---\nbase_model: Org/Base-7B\nbase_model_relation: quantized\n---\n"},
      {"adapter-config", "adapter_config.json", R"({"base_model_name_or_path":"org/base-7b","peft_type":"LORA"})"}};
  const auto result = run({subject, config_model("org/base-7b", R"({"model_type":"llama","hidden_size":64})")});
  EXPECT_EQ(result.status, PEDIGREE_OK);
  const auto* e = result.find(signal::kDeclaredLineage, "org/base-7b");
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->value, 2);                   // said in two places, one piece of evidence
  EXPECT_EQ(e->component, "text_decoder");  // what is said of the model holds for its decoder
  EXPECT_EQ(details_of(*e)["declared"][0]["scope"], "model");
}

TEST(lineage, a_parent_that_is_no_reference_is_still_reported) {
  testing::Model subject{.id = "me/mine"};
  subject.memory = {{"model-card", "README.md", "---\nbase_model: org/elsewhere\n---\n"}};
  const auto result = run({subject});
  const auto* e = result.find(signal::kDeclaredLineage);
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->reference, "");
  EXPECT_EQ(details_of(*e)["declared"][0]["parent"], "org/elsewhere");
}

TEST(lineage, an_alias_of_the_reference_is_the_reference) {
  testing::Model subject{.id = "me/mine"};
  subject.memory = {{"model-card", "README.md", "---\nbase_model: meta-llama/Meta-Llama-3.1-8B\n---\n"}};
  EXPECT_NE(
      run({subject, card_model("meta-llama/Llama-3.1-8B")}).find(signal::kDeclaredLineage, "meta-llama/Llama-3.1-8B"),
      nullptr);
}

TEST(obstacles, a_reference_that_is_younger_or_narrower_is_held_against_descent) {
  // Kimi-K2.5 (2026-01) against Solar (2025-12-31); 7168 wide against 4096: only the date counts.
  const auto result = run({card_model("upstage/Solar-Open-100B"), card_model("moonshotai/Kimi-K2.5")});
  const auto* e = result.find(signal::kImpossibleDerivation, "moonshotai/Kimi-K2.5");
  ASSERT_NE(e, nullptr);
  EXPECT_LT(e->log10_lr, 0);
  EXPECT_GE(e->log10_lr, -0.3);
  const auto details = details_of(*e);
  EXPECT_EQ(details["obstacles"][0]["kind"], "reference_is_younger");
  // Wider than the reference: Llama-3-70B (8192) from Llama-3-8B (4096).
  const auto wider = run({card_model("meta-llama/Meta-Llama-3-70B"), card_model("meta-llama/Meta-Llama-3-8B")});
  const auto* w = wider.find(signal::kImpossibleDerivation, "meta-llama/Meta-Llama-3-8B");
  ASSERT_NE(w, nullptr);
  EXPECT_NEAR(w->log10_lr, -0.1, 1e-12);
}

TEST(obstacles, the_same_day_and_a_coarser_date_are_no_obstacle) {
  // 2025-07-28 both.
  EXPECT_EQ(run({card_model("zai-org/GLM-4.5-Air"), card_model("zai-org/GLM-4.5-Air-Base")})
                .find(signal::kImpossibleDerivation),
            nullptr);
  // 2024-07-23 against 2024-07: the same month is not later.
  EXPECT_EQ(run({card_model("mistralai/Mistral-Large-Instruct-2407"), card_model("meta-llama/Llama-3.1-405B")})
                .find(signal::kImpossibleDerivation),
            nullptr);
}

TEST(obstacles, a_descendant_cannot_be_the_parent) {
  const auto result = run({card_model("zai-org/GLM-4.5-Air-Base"), card_model("PrimeIntellect/INTELLECT-3")});
  const auto* e = result.find(signal::kImpossibleDerivation, "PrimeIntellect/INTELLECT-3");
  ASSERT_NE(e, nullptr);
  EXPECT_NEAR(e->log10_lr, -0.3, 1e-12);
}

TEST(unique_features, are_those_that_no_reference_has) {
  const auto result = run({config_model("a", R"({"model_type":"llama","hidden_size":64,"num_hidden_layers":3,
      "num_attention_heads":4,"hidden_act":"silu","vocab_size":100})"),
                           config_model("b", R"({"model_type":"llama","hidden_size":64,"num_hidden_layers":2,
      "num_attention_heads":4,"hidden_act":"silu","vocab_size":200})")});
  const auto* e = result.find(signal::kUniqueFeatures);
  ASSERT_NE(e, nullptr);
  // 3 layers and 100 tokens are not in b; everything else is equal.
  EXPECT_EQ(e->value, 2);
  EXPECT_EQ(e->log10_lr, 0);
}

TEST(unique_features, need_a_reference_to_be_unique_among) {
  EXPECT_EQ(run({card_model("upstage/Solar-Open-100B")}).find(signal::kUniqueFeatures), nullptr);
}

std::vector<std::string> kinds_of_fossils(const std::string& config) {
  const auto result = run({config_model("me/mine", config)});
  const auto* e = result.find(signal::kFossils);
  std::vector<std::string> kinds;
  if (e == nullptr) return kinds;
  const auto details = details_of(*e);
  for (const auto& f : details["fossils"]) kinds.push_back(f["kind"]);
  return kinds;
}

TEST(fossils, each_kind_is_found) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"model_type":"llama","hidden_size":64,"_name_or_path":"org/other"})", "other_name"},
      {R"({"model_type":"llama","hidden_size":64,"_name_or_path":"/home/u/ckpt"})", "local_path"},
      {R"({"model_type":"kimi_k2","hidden_size":64,"auto_map":{"AutoConfig":"configuration_deepseek.DeepseekV3Config"}})",
       "foreign_class"},
      {R"({"model_type":"llama","hidden_size":64,"pretraining_tp":1})", "unused_key"},
      {R"({"model_type":"qwen2","hidden_size":64,"use_sliding_window":false,"sliding_window":4096})", "unused_key"},
      {R"({"model_type":"llama","hidden_size":64,"rms_norm_eps":3e-06})", "odd_epsilon"},
      {R"({"model_type":"llama","hidden_size":64,"vocab_size":100,"eos_token_id":[5,100]})",
       "token_outside_vocabulary"},
      {R"({"model_type":"llama","hidden_size":64,"torch_dtype":"float16","dtype":"bfloat16"})", "two_dtypes"},
      {R"({"model_type":"llama","hidden_size":64,"num_hidden_layers":2,"n_layer":3})", "conflict"},
      {R"({"model_type":"llama","hidden_size":"4096","num_hidden_layers":2})", "unusable_value"},
  };
  for (const auto& [config, kind] : cases) EXPECT_THAT(kinds_of_fossils(config), ::testing::Contains(kind)) << config;
}

TEST(fossils, a_plain_configuration_has_none) {
  EXPECT_TRUE(kinds_of_fossils(R"({"model_type":"llama","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,
    "intermediate_size":128,"vocab_size":100,"rms_norm_eps":1e-06,"_name_or_path":"me/mine","eos_token_id":2,
    "auto_map":{"AutoConfig":"configuration_llama.LlamaConfig"}})")
                  .empty());
}

TEST(fossils, the_generation_config_is_looked_at_too) {
  auto model = config_model("me/mine", R"({"model_type":"llama","hidden_size":64,"vocab_size":100})");
  model.memory.push_back({"generation-config", "generation_config.json", R"({"eos_token_id":[7, 100]})"});
  const auto result = run({model});
  const auto details = details_of(*result.find(signal::kFossils));
  ASSERT_EQ(details["fossils"].size(), 1u);
  EXPECT_EQ(details["fossils"][0]["path"], "generation_config.json:/eos_token_id");
  EXPECT_EQ(details["fossils"][0]["value"], "100");
}

// 0.08838834764831845 is one over the square root of the head size 128.
TEST(fossils, hyperclova_states_what_attention_does_anyway) {
  const auto result = run({card_model(kHyperclova)});
  const auto* e = result.find(signal::kFossils);
  ASSERT_NE(e, nullptr);
  EXPECT_NE(e->details_json.find("redundant_constant"), std::string::npos);
}

// Mistral Small 3.1 (wrapper mistral3) and Pixtral-12B (wrapper llava, decoder mistral) hold their maker's own
// vision encoder; a stranger with the same encoder class has taken it over.
TEST(lineage, an_encoder_of_the_same_maker_is_no_reuse) {
  const auto config = [](const std::string& wrapper, const std::string& decoder) {
    return R"({"model_type": ")" + wrapper + R"(", "text_config": {"model_type": ")" + decoder +
           R"(", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 99},
              "vision_config": {"model_type": "pixtral", "hidden_size": 32, "num_hidden_layers": 2}})";
  };
  EXPECT_EQ(run({config_model("a", config("mistral3", "mistral"))}).find(signal::kDeclaredLineage), nullptr);
  EXPECT_EQ(run({config_model("a", config("llava", "mistral"))}).find(signal::kDeclaredLineage), nullptr);
  EXPECT_NE(run({config_model("a", config("stranger", "stranger"))}).find(signal::kDeclaredLineage), nullptr);
}

}  // namespace
}  // namespace pedigree::architecture
