// SPDX-License-Identifier: MIT
// Every family's key names, written by hand from its published configuration class.
#include <gtest/gtest.h>

#include "pedigree/io/config.hpp"
#include "plugins/architecture/attention.hpp"
#include "plugins/architecture/tests/support.hpp"

namespace pedigree::architecture {
namespace {
namespace fact = io::fact;

io::ComponentConfig decoder_of(const std::string& text) {
  auto config = io::read_config(text, "config.json");
  EXPECT_TRUE(config.ok()) << (config.ok() ? "" : config.error().text());
  if (!config.ok() || config->find("text_decoder") == nullptr) return {};
  return *config->find("text_decoder");
}

void expect_core(const io::ComponentConfig& c, std::int64_t hidden, std::int64_t layers, std::int64_t heads,
                 std::int64_t groups, std::int64_t inner, const std::string& activation) {
  EXPECT_EQ(c.integer(fact::kHiddenSize), hidden);
  EXPECT_EQ(c.integer(fact::kLayers), layers);
  EXPECT_EQ(c.integer(fact::kHeads), heads);
  EXPECT_EQ(c.integer(fact::kKeyValueHeads), groups);
  EXPECT_EQ(c.integer(fact::kIntermediateSize), inner);
  EXPECT_EQ(c.text(fact::kActivation), activation);
}

TEST(families, gpt2_implies_four_times_the_width) {
  const auto c = decoder_of(R"({"model_type":"gpt2","n_embd":768,"n_layer":12,"n_head":12,"n_inner":null,
    "n_positions":1024,"vocab_size":50257,"activation_function":"gelu_new","layer_norm_epsilon":1e-05})");
  expect_core(c, 768, 12, 12, 12, 3072, "gelu_new");
  EXPECT_EQ(c.find(fact::kIntermediateSize)->origin, io::FactOrigin::implied);
  EXPECT_EQ(c.text(fact::kNormKind), "LayerNorm");
  EXPECT_EQ(c.boolean(fact::kTiedEmbeddings), true);
  EXPECT_EQ(c.integer(fact::kHeadSize), 64);
}

TEST(families, falcon_multi_query_means_one_key_value_head) {
  const auto old_class = decoder_of(R"({"model_type":"falcon","hidden_size":4544,"num_hidden_layers":32,
    "num_attention_heads":71,"num_kv_heads":71,"multi_query":true,"new_decoder_architecture":false,"vocab_size":65024})");
  expect_core(old_class, 4544, 32, 71, 1, 18176, "gelu");
  const auto new_class = decoder_of(R"({"model_type":"falcon","hidden_size":8192,"num_hidden_layers":60,
    "num_attention_heads":128,"num_kv_heads":8,"multi_query":true,"new_decoder_architecture":true,"vocab_size":65024})");
  expect_core(new_class, 8192, 60, 128, 8, 32768, "gelu");
}

TEST(families, chatglm_counts_groups_only_when_they_are_switched_on) {
  const auto on = decoder_of(R"({"model_type":"chatglm","hidden_size":4096,"num_layers":28,"num_attention_heads":32,
    "multi_query_attention":true,"multi_query_group_num":2,"ffn_hidden_size":13696,"padded_vocab_size":65024,
    "kv_channels":128,"seq_length":32768,"layernorm_epsilon":1e-05,"rmsnorm":true})");
  expect_core(on, 4096, 28, 32, 2, 13696, "silu");
  EXPECT_EQ(on.text(fact::kNormKind), "RMSNorm");
  EXPECT_EQ(on.integer(fact::kVocabularySize), 65024);
  const auto off = decoder_of(R"({"model_type":"chatglm","hidden_size":4096,"num_layers":28,"num_attention_heads":32,
    "multi_query_attention":false,"multi_query_group_num":2})");
  EXPECT_EQ(off.integer(fact::kKeyValueHeads), 32);
}

TEST(families, qwen1_counts_gate_and_up_together) {
  const auto c = decoder_of(R"({"model_type":"qwen","hidden_size":4096,"num_hidden_layers":32,"num_attention_heads":32,
    "intermediate_size":22016,"kv_channels":128,"vocab_size":151936,"layer_norm_epsilon":1e-06,"seq_length":8192})");
  expect_core(c, 4096, 32, 32, 32, 11008, "silu");
  EXPECT_EQ(c.find(fact::kIntermediateSize)->origin, io::FactOrigin::converted);
  EXPECT_EQ(c.find(fact::kIntermediateSize)->path, "/intermediate_size");
  EXPECT_EQ(c.text(fact::kNormKind), "RMSNorm");
}

TEST(families, mpt_dbrx_and_bigcode_use_names_of_their_own) {
  expect_core(decoder_of(R"({"model_type":"mpt","d_model":4096,"n_layers":32,"n_heads":32,"expansion_ratio":4,
    "vocab_size":50432,"max_seq_len":2048})"),
              4096, 32, 32, 32, 16384, "gelu");
  const auto dbrx = decoder_of(R"({"model_type":"dbrx","d_model":6144,"n_layers":40,"n_heads":48,"vocab_size":100352,
    "attn_config":{"kv_n_heads":8,"rope_theta":500000},
    "ffn_config":{"ffn_hidden_size":10752,"moe_num_experts":16,"moe_top_k":4,"ffn_act_fn":{"name":"silu"}}})");
  expect_core(dbrx, 6144, 40, 48, 8, 10752, "silu");
  EXPECT_EQ(dbrx.integer(fact::kExperts), 16);
  EXPECT_EQ(dbrx.integer(fact::kExpertsPerToken), 4);
  EXPECT_EQ(dbrx.number(fact::kRopeTheta), 500000);
  expect_core(decoder_of(R"({"model_type":"gpt_bigcode","n_embd":6144,"n_layer":40,"n_head":48,"n_inner":24576,
    "multi_query":true,"vocab_size":49152,"activation_function":"gelu_pytorch_tanh"})"),
              6144, 40, 48, 1, 24576, "gelu_pytorch_tanh");
}

TEST(families, bloom_opt_neox_gptj_and_grok) {
  expect_core(decoder_of(R"({"model_type":"bloom","n_embed":14336,"n_layer":70,"num_attention_heads":112,
    "vocab_size":250880,"layer_norm_epsilon":1e-05})"),
              14336, 70, 112, 112, 57344, "gelu");
  expect_core(decoder_of(R"({"model_type":"opt","hidden_size":4096,"num_hidden_layers":32,"num_attention_heads":32,
    "ffn_dim":16384,"vocab_size":50272,"activation_function":"relu"})"),
              4096, 32, 32, 32, 16384, "relu");
  const auto neox = decoder_of(R"({"model_type":"gpt_neox","hidden_size":6144,"num_hidden_layers":44,
    "num_attention_heads":64,"intermediate_size":24576,"hidden_act":"gelu_fast","rotary_pct":0.25,
    "rotary_emb_base":10000,"layer_norm_eps":1e-05,"vocab_size":50432})");
  expect_core(neox, 6144, 44, 64, 64, 24576, "gelu_fast");
  EXPECT_EQ(neox.number(fact::kPartialRotary), 0.25);
  const auto gptj = decoder_of(R"({"model_type":"gptj","n_embd":4096,"n_layer":28,"n_head":16,"rotary_dim":64,
    "intermediate_size":null,"vocab_size":50400,"activation_function":"gelu_new"})");
  expect_core(gptj, 4096, 28, 16, 16, 16384, "gelu_new");
  EXPECT_DOUBLE_EQ(*gptj.number(fact::kPartialRotary), 64.0 / 256.0);
  // 8 x 6144 x 2/3 = 32768
  EXPECT_EQ(decoder_of(R"({"model_type":"grok-1","hidden_size":6144,"num_hidden_layers":64,"num_attention_heads":48,
    "num_key_value_heads":8,"widening_factor":8,"num_experts":8,"num_experts_per_tok":2})")
                .integer(fact::kExpertSize),
            32768);
}

TEST(families, metas_params_json_rounds_the_feed_forward_up) {
  // Llama-3-8B: int(4*4096*2/3) = 10922, x 1.3 = 14198, rounded up to a multiple of 1024 = 14336.
  const auto c = decoder_of(R"({"dim":4096,"n_layers":32,"n_heads":32,"n_kv_heads":8,"vocab_size":128256,
    "multiple_of":1024,"ffn_dim_multiplier":1.3,"norm_eps":1e-05,"rope_theta":500000.0})");
  EXPECT_EQ(c.integer(fact::kIntermediateSize), 14336);
  EXPECT_EQ(c.integer(fact::kKeyValueHeads), 8);
  // Llama-2-7B: 10922 rounded up to a multiple of 256 = 11008; vocab_size -1 means "see the tokenizer".
  const auto two =
      decoder_of(R"({"dim":4096,"n_layers":32,"n_heads":32,"vocab_size":-1,"multiple_of":256,"norm_eps":1e-05})");
  EXPECT_EQ(two.integer(fact::kIntermediateSize), 11008);
  EXPECT_FALSE(two.integer(fact::kVocabularySize));
}

TEST(families, nested_language_models_are_found_and_keep_their_path) {
  for (const std::string place : {"text_config", "llm_config", "language_config", "language"}) {
    const auto c = decoder_of(R"({"model_type":"some_vlm","vision_config":{"hidden_size":1024,"depth":24},")" + place +
                              R"(":{"model_type":"llama","hidden_size":4096,"num_hidden_layers":32}})");
    EXPECT_EQ(c.integer(fact::kHiddenSize), 4096) << place;
    EXPECT_EQ(c.find(fact::kHiddenSize)->path, "/" + place + "/hidden_size");
    EXPECT_EQ(c.model_type, "llama");
  }
  const auto omni = io::read_config(R"({"model_type":"qwen2_5_omni","thinker_config":{
    "text_config":{"hidden_size":3584,"num_hidden_layers":28},"vision_config":{"hidden_size":1280,"depth":32},
    "audio_config":{"d_model":1280,"encoder_layers":32}}})");
  ASSERT_TRUE(omni.ok());
  EXPECT_EQ(omni->find("text_decoder")->integer(fact::kHiddenSize), 3584);
  EXPECT_EQ(omni->find("vision_encoder")->root, "/thinker_config/vision_config");
  EXPECT_EQ(omni->find("audio_encoder")->integer(fact::kLayers), 32);
}

TEST(families, wrappers_may_keep_vocabulary_and_tying_outside) {
  const auto c = decoder_of(R"({"model_type":"x","vocab_size":32064,"tie_word_embeddings":true,
    "text_config":{"hidden_size":64,"num_hidden_layers":2}})");
  EXPECT_EQ(c.integer(fact::kVocabularySize), 32064);
  EXPECT_EQ(c.boolean(fact::kTiedEmbeddings), true);
  EXPECT_EQ(c.find(fact::kVocabularySize)->path, "/vocab_size");
}

TEST(families, qwen2_vl_names_the_encoder_width_embed_dim) {
  const auto config = io::read_config(R"({"model_type":"qwen2_vl","hidden_size":3584,"num_hidden_layers":28,
    "vision_config":{"model_type":"qwen2_vl","depth":32,"embed_dim":1280,"hidden_size":3584,"num_heads":16}})");
  ASSERT_TRUE(config.ok());
  const auto* vision = config->find("vision_encoder");
  ASSERT_NE(vision, nullptr);
  EXPECT_EQ(vision->integer(fact::kHiddenSize), 1280);
  EXPECT_EQ(vision->integer(fact::kOutputSize), 3584);
}

TEST(families, a_published_encoder_is_no_decoder) {
  const auto config = io::read_config(R"({"model_type":"qwen2_audio_encoder","d_model":1280,"encoder_layers":32,
    "encoder_attention_heads":20,"encoder_ffn_dim":5120,"num_mel_bins":128})");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->find("text_decoder"), nullptr);
  EXPECT_EQ(config->find("audio_encoder")->integer(fact::kHeads), 20);
}

TEST(families, transformers_5_nests_rope_and_writes_non_finite_floats_as_objects) {
  const auto c = decoder_of(R"({"model_type":"llama","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,
    "rope_parameters":{"rope_type":"yarn","rope_theta":50000.0,"factor":4.0,"original_max_position_embeddings":32768},
    "attention_multiplier":{"__float__":"Infinity"}})");
  EXPECT_EQ(c.number(fact::kRopeTheta), 50000);
  EXPECT_EQ(c.text(fact::kRopeScaling), "yarn");
  EXPECT_EQ(c.number(fact::kRopeFactor), 4);
  EXPECT_EQ(c.find("attention_multiplier"), nullptr);
  const auto per_kind = decoder_of(R"({"model_type":"gemma3_text","hidden_size":64,"num_hidden_layers":6,
    "rope_parameters":{"full_attention":{"rope_theta":1000000.0,"rope_type":"linear","factor":8.0},
    "sliding_attention":{"rope_theta":10000.0,"rope_type":"default"}}})");
  EXPECT_EQ(per_kind.number(fact::kRopeTheta), 1000000);
  EXPECT_EQ(per_kind.text(fact::kRopeScaling), "linear");
}

struct PatternCase {
  const char* config;
  const char* pattern;
};

TEST(families, layer_patterns_of_every_notation) {
  const PatternCase cases[] = {
      {R"({"layer_types":["sliding_attention","sliding_attention","full_attention","sliding_attention",
        "sliding_attention","full_attention"]})",
       "LLGLLG"},
      {R"({"num_hidden_layers":8,"sliding_window":4096,"sliding_window_pattern":"LLLG"})", "LLLGLLLG"},
      {R"({"num_hidden_layers":7,"sliding_window_pattern":6})", "LLLLLGL"},
      {R"({"num_hidden_layers":8,"full_attention_interval":4})", "KKKGKKKG"},
      {R"({"num_hidden_layers":4,"hybrid_layer_pattern":[0,1,1,0]})", "GLLG"},
      {R"({"hybrid_override_pattern":"ME*-"})", "MEGF"},
      {R"({"layers_block_type":["mamba","moe","attention","mlp"]})", "MEGF"},
      {R"({"num_hidden_layers":8,"attn_layer_period":4,"attn_layer_offset":2})", "MMGMMMGM"},
      {R"({"num_hidden_layers":4,"linear_attn_config":{"full_attn_layers":[4]}})", "KKKG"},
      {R"({"num_hidden_layers":3,"sliding_window":4096})", "LLL"},
      {R"({"num_hidden_layers":3,"sliding_window":4096,"use_sliding_window":false})", ""},
      {R"({"num_hidden_layers":4,"model_type":"gemma2"})", "LGLG"},
      {R"({"layer_types":["full_attention","full_attention"]})", ""},
  };
  for (const auto& c : cases) {
    auto document = nlohmann::json::parse(c.config);
    document["hidden_size"] = 64;
    EXPECT_EQ(decoder_of(document.dump()).text(fact::kLayerPattern), c.pattern) << c.config;
  }
}

TEST(families, attention_is_named_with_its_numbers) {
  const auto name = [](const char* config) { return attention_of(decoder_of(config)).text; };
  EXPECT_EQ(name(R"({"hidden_size":4096,"num_attention_heads":64,"num_key_value_heads":8})"),
            "GQA, 8 groups of 8 heads");
  EXPECT_EQ(name(R"({"hidden_size":4096,"num_attention_heads":32,"num_key_value_heads":32})"), "MHA, 32 heads");
  EXPECT_EQ(name(R"({"hidden_size":4096,"num_attention_heads":32})"), "MHA, 32 heads");
  EXPECT_EQ(name(R"({"hidden_size":4096,"num_attention_heads":32,"num_key_value_heads":1})"), "MQA, 32 heads over one");
  EXPECT_EQ(
      name(
          R"({"hidden_size":2048,"num_attention_heads":16,"num_key_value_heads":16,"kv_lora_rank":512,"q_lora_rank":null})"),
      "MLA, query rank none, key-value rank 512");
  EXPECT_EQ(name(R"({"hidden_size":6144,"num_hidden_layers":8,"num_attention_heads":64,"num_key_value_heads":8,
    "sliding_window":128,"sliding_window_pattern":"LLLG"})"),
            "GQA, 8 groups of 8 heads; sliding window 128, LLLG x 2");
}

TEST(families, a_pattern_is_shortened_to_its_period) {
  EXPECT_EQ(shorten_pattern("LLLGLLLG"), "LLLG x 2");
  EXPECT_EQ(shorten_pattern("LLLLLGL"), "LLLLLGL");
  EXPECT_EQ(shorten_pattern("LGLGL"), "LG x 2 + L");
  EXPECT_EQ(shorten_pattern("LLL"), "L x 3");
  EXPECT_EQ(shorten_pattern("GLLG"), "GLLG");
  EXPECT_EQ(shorten_pattern(""), "");
}

TEST(families, both_absent_counts_for_no_row_and_class_defaults_fill_in) {
  const auto result = run({config_model("a", R"({"model_type":"llama","hidden_size":64,"num_hidden_layers":2,
      "num_attention_heads":4,"intermediate_size":128,"vocab_size":100})"),
                           config_model("b", R"({"model_type":"mistral","hidden_size":64,"num_hidden_layers":2,
      "num_attention_heads":4,"intermediate_size":128,"hidden_act":"silu","vocab_size":100})"),
                           config_model("c", R"({"model_type":"never_seen","hidden_size":64,"num_hidden_layers":2,
      "num_attention_heads":4,"intermediate_size":128,"vocab_size":100})")});
  EXPECT_EQ(result.find(signal::kCoreMatch, "b")->value, 5);  // llama's default activation is silu
  const auto* unknown = result.find(signal::kCoreMatch, "c");
  EXPECT_EQ(unknown->value, 4);  // the class is not known, so its activation is not either
  EXPECT_EQ(mark_of(*unknown, "hidden_act"), "unknown");
  EXPECT_EQ(mark_of(*result.find(signal::kConfigSimilarity, "c"), "q_lora_rank"), "both_absent");
}

}  // namespace
}  // namespace pedigree::architecture
