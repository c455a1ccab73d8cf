// SPDX-License-Identifier: MIT
// Configurations that are broken, huge or malicious: a reason, never a number, never a crash.
#include <gtest/gtest.h>

#include "pedigree/io/json.hpp"
#include "plugins/architecture/tests/support.hpp"

namespace pedigree::architecture {
namespace {

std::string code_of(std::string_view text, const io::JsonLimits& limits = io::config_json_limits()) {
  const auto parsed = io::parse_json(text, limits, "config.json");
  return parsed ? "ok" : parsed.error().code;
}

TEST(json, what_is_broken_is_named) {
  EXPECT_EQ(code_of(""), "JSON_EMPTY");
  EXPECT_EQ(code_of(" \n\t "), "JSON_EMPTY");
  EXPECT_EQ(code_of(R"({"hidden_size": 40)"), "JSON_SYNTAX");
  EXPECT_EQ(code_of(R"({"a": 1} trailing)"), "JSON_SYNTAX");
  EXPECT_EQ(code_of(R"({"a": 1, "a": 2})"), "JSON_DUPLICATE_KEY");
  EXPECT_EQ(code_of(R"({"a": 1, "\u0061": 2})"), "JSON_DUPLICATE_KEY");
  EXPECT_EQ(code_of("{\"a\": \"\xFF\"}"), "JSON_ENCODING");
  EXPECT_EQ(code_of(R"({"a": "\ud800"})"), "JSON_ENCODING");
  EXPECT_EQ(code_of(std::string("\xFF\xFE{\0}\0", 6)), "JSON_ENCODING");
  EXPECT_EQ(code_of(std::string("{\0\"\0", 4)), "JSON_ENCODING");
  EXPECT_EQ(code_of(R"({"a": 1e999})"), "JSON_NUMBER");
  EXPECT_EQ(code_of("<!DOCTYPE html><html>login</html>"), "JSON_NOT_JSON");
  EXPECT_EQ(code_of("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"), "JSON_NOT_JSON");
}

TEST(json, limits_hold) {
  EXPECT_EQ(code_of(std::string(63, '[') + "1" + std::string(63, ']')), "ok");
  EXPECT_EQ(code_of(std::string(65, '[') + "1" + std::string(65, ']')), "JSON_DEPTH");
  EXPECT_EQ(code_of(std::string(1'000'000, '[')), "JSON_DEPTH");
  EXPECT_EQ(code_of(std::string(100'000'000, ' ')), "JSON_SIZE");
  io::JsonLimits few;
  few.values = 3;
  EXPECT_EQ(code_of("[1,2]", few), "ok");
  EXPECT_EQ(code_of("[1,2,3]", few), "JSON_VALUES");
}

TEST(json, what_is_tolerated_is_documented) {
  EXPECT_EQ(code_of("\xEF\xBB\xBF{\"a\": 1}"), "ok");
  const auto parsed =
      io::parse_json(R"({"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \" Infinity"})", io::config_json_limits());
  ASSERT_TRUE(parsed.ok()) << parsed.error().text();
  EXPECT_EQ((*parsed)["a"]["__float__"], "NaN");
  EXPECT_EQ((*parsed)["b"][0]["__float__"], "-Infinity");
  EXPECT_EQ((*parsed)["c"], "NaN \" Infinity");
  EXPECT_EQ(code_of(R"({"a": NaN})", {}), "JSON_SYNTAX");  // only where it is asked for
}

TEST(json, integers_are_exact_or_absent) {
  const auto integer = [](const char* text) { return io::json_integer(nlohmann::json::parse(text)); };
  EXPECT_EQ(integer("4096"), 4096);
  EXPECT_EQ(integer("4096.0"), 4096);
  EXPECT_EQ(integer("-1"), -1);
  for (const char* text :
       {"3.7", "1e30", "18446744073709551615", "18446744073709551616", "\"4096\"", "true", "null", "[1]"})
    EXPECT_FALSE(integer(text)) << text;
}

// "한국어" is 9 bytes, three per letter: the cut falls back to the last whole letter.
TEST(json, excerpts_are_cut_at_a_character) {
  const nlohmann::json korean = "한국어";
  EXPECT_EQ(io::json_excerpt(korean, 11), "\"한국어\"");
  EXPECT_EQ(io::json_excerpt(korean, 10), "\"한국어...");
  EXPECT_EQ(io::json_excerpt(korean, 9), "\"한국...");
  EXPECT_EQ(io::json_excerpt(korean, 7), "\"한국...");
  EXPECT_EQ(io::json_excerpt(korean, 6), "\"한...");
  EXPECT_EQ(io::json_excerpt(korean, 0), "...");
  EXPECT_EQ(io::json_excerpt(nlohmann::json("\xFF")), "\"\xEF\xBF\xBD\"");
}

TEST(hostile, a_broken_config_of_the_subject_ends_as_bad_input_with_a_reason) {
  for (const std::string text : {"", "{", "[]", "\"text\"", "{}", "<html>", "{\"a\":1,\"a\":2}"}) {
    const auto result = run({config_model("me/mine", text)});
    EXPECT_EQ(result.status, PEDIGREE_ERR_INPUT) << text;
    EXPECT_FALSE(result.error.empty()) << text;
    EXPECT_TRUE(result.evidence.empty()) << text;
  }
}

TEST(hostile, nothing_at_hand_is_not_applicable) {
  const auto result = run({testing::Model{.id = "me/mine"}});
  EXPECT_EQ(result.status, PEDIGREE_NOT_APPLICABLE);
  EXPECT_FALSE(result.error.empty());
}

TEST(hostile, a_broken_reference_leaves_the_others_alone) {
  const auto result = run({card_model("upstage/Solar-Open-100B"), config_model("bad", "{\"hidden_size\": 4"),
                           card_model("mistralai/Mixtral-8x7B-v0.1")});
  EXPECT_EQ(result.status, PEDIGREE_OK);
  EXPECT_EQ(result.find(signal::kCoreMatch, "bad"), nullptr);
  EXPECT_NE(result.find(signal::kCoreMatch, "mistralai/Mixtral-8x7B-v0.1"), nullptr);
  EXPECT_FALSE(result.log.empty());
}

TEST(hostile, a_broken_file_falls_back_on_the_catalog_and_says_so) {
  auto model = card_model("upstage/Solar-Open-100B");
  model.memory.insert(model.memory.begin(), {"config", "config.json", "{\"hidden_size\":"});
  const auto result = run({model});
  EXPECT_EQ(result.status, PEDIGREE_OK);
  EXPECT_NE(result.find(signal::kAttentionKind), nullptr);
  ASSERT_FALSE(result.log.empty());
  EXPECT_NE(result.log.front().find("JSON_SYNTAX"), std::string::npos);
}

TEST(hostile, a_file_counts_more_than_the_catalog) {
  auto model = card_model("upstage/Solar-Open-100B");
  model.memory.push_back(
      {"config", "config.json", R"({"model_type":"llama","hidden_size":64,"num_attention_heads":4})"});
  const auto result = run({model});
  EXPECT_EQ(details_of(*result.find(signal::kAttentionKind))["kind"], "MHA");
}

TEST(hostile, values_of_the_wrong_kind_are_not_used) {
  const char* texts[] = {
      R"({"model_type":"llama","hidden_size":"4096","num_hidden_layers":32})",
      R"({"model_type":"llama","hidden_size":1e30,"num_hidden_layers":-5,"num_attention_heads":0})",
      R"({"model_type":"llama","hidden_size":3.5,"num_attention_heads":true,"vocab_size":[1,2]})",
      R"({"model_type":17,"hidden_size":{"a":1},"text_config":[],"vision_config":"x","architectures":{"a":1}})",
      R"({"model_type":"llama","hidden_size":NaN,"rms_norm_eps":Infinity,"rope_scaling":7,"layer_types":[1,"x",null]})",
      R"({"model_type":"llama","hidden_size":9223372036854775807,"num_attention_heads":9223372036854775807,"expansion_ratio":9223372036854775807,"multiple_of":1})",
      R"({"model_type":"qwen","hidden_size":1,"intermediate_size":1,"num_attention_heads":1,"rotary_dim":0,"widening_factor":-8})",
      R"({"model_type":"llama","hidden_size":1099511627776,"num_hidden_layers":1099511627776,"num_attention_heads":1099511627776,
          "sliding_window":1,"num_experts":1099511627776,"num_experts_per_tok":1,"moe_intermediate_size":1099511627776,
          "vocab_size":1099511627776,"intermediate_size":1099511627776})",
      R"({"hidden_size":64,"sliding_window_pattern":"","full_attention_interval":0,"attn_layer_period":-1,"num_hidden_layers":4})",
      R"({"hidden_size":64,"_name_or_path":"","auto_map":{"AutoConfig":7},"eos_token_id":{"x":1},"bos_token_id":[[1]]})",
  };
  for (const char* text : texts) {
    const auto result = run({config_model("a", text), config_model("b", text)});
    EXPECT_TRUE(result.status == PEDIGREE_OK || result.status == PEDIGREE_ERR_INPUT) << text << result.error;
    for (const auto& e : result.evidence) {
      EXPECT_TRUE(std::isfinite(e.value)) << text;
      EXPECT_LE(e.log10_lr, 0.3) << text;
      EXPECT_GE(e.log10_lr, -0.3) << text;
      EXPECT_TRUE(nlohmann::json::accept(e.details_json)) << text;
    }
  }
}

TEST(hostile, nested_configs_are_looked_into_once_and_not_for_ever) {
  std::string deep = R"({"hidden_size":64})";
  for (int i = 0; i < 40; ++i) deep = R"({"text_config":)" + deep + "}";
  const auto result = run({config_model("me/mine", deep)});
  EXPECT_EQ(result.status, PEDIGREE_ERR_INPUT);  // only one level of nesting is a model
}

TEST(hostile, a_malformed_card_changes_nothing) {
  for (const std::string card : {"[]", "7", R"({"lineage":7,"aliases":{"a":1},"parameters":"x","released":[]})",
                                 R"({"lineage":{"parents":[7,{"id":3,"component":[]}]}})", "{"}) {
    auto model = config_model("me/mine", R"({"model_type":"llama","hidden_size":64,"num_attention_heads":4})");
    model.memory.push_back({"catalog-card", "catalog:me/mine/card.json", card});
    const auto result = run({model, card_model("meta-llama/Llama-3.1-8B")});
    EXPECT_EQ(result.status, PEDIGREE_OK) << card;
    EXPECT_EQ(result.find(signal::kDeclaredLineage), nullptr) << card;
  }
}

}  // namespace
}  // namespace pedigree::architecture
