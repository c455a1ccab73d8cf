// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/analyzers/conventions.hpp"

#include <gtest/gtest.h>

#include "plugins/tokenizer/conventions/chat_template.hpp"
#include "plugins/tokenizer/conventions/text_rules.hpp"
#include "plugins/tokenizer/model/scripts.hpp"
#include "plugins/tokenizer/tests/tokenizer_files.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::tokenizer {
namespace {
using ::pedigree::testing::Model;
using ::pedigree::testing::run_analyzer;

TextRules rules_of(const std::string& pre_tokenizer, const std::string& normalizer = "null") {
  const std::string text =
      R"({"normalizer":)" + normalizer + R"(,"pre_tokenizer":)" + pre_tokenizer +
      R"(,"decoder":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}})";
  const auto tokenizer = io::read_tokenizer({"tokenizer.json", text});
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.error().text();
  return text_rules_of(*tokenizer);
}

std::string split(const std::string& regex) {
  return R"({"type":"Split","pattern":{"Regex":")" + regex + R"("},"behavior":"Isolated","invert":false})";
}

TEST(TextRules, read_the_digit_rule_from_the_pattern) {
  EXPECT_EQ(rules_of(split(R"([^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+)"))["digits"],
            "up to 3");  // cl100k, Llama-3
  EXPECT_EQ(rules_of(split(R"([^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+)"))["digits"],
            "single");                                                                           // Qwen
  EXPECT_EQ(rules_of(split(R"( ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+)"))["digits"], "runs");  // GPT-2
  EXPECT_EQ(rules_of(R"({"type":"ByteLevel","add_prefix_space":false})")["digits"], "runs");
  EXPECT_EQ(
      rules_of(
          R"({"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","use_regex":false}]})")
          ["digits"],
      "single");
}

TEST(TextRules, name_normalizers_and_contractions) {
  EXPECT_EQ(rules_of(R"({"type":"ByteLevel"})", R"({"type":"NFC"})")["normalizer"], "NFC");
  EXPECT_EQ(rules_of(R"({"type":"ByteLevel"})")["normalizer"], "none");
  EXPECT_EQ(rules_of(split("(?i:'s|'t|'re|'ve)"))["contractions"], "English any case");
  EXPECT_EQ(rules_of(R"({"type":"ByteLevel"})")["contractions"], "English");
}

TEST(ChatTemplate, spacing_comments_and_quotes_do_not_count) {
  const auto found =
      compare_templates("{# note #}{%- for m in messages %}{{ '<|im_start|>' + m['role'] }}{%- endfor -%}",
                        "{% for m in messages %}\n  {{ \"<|im_start|>\"+m[\"role\"] }}{% endfor %}");
  EXPECT_TRUE(found.identical);
  EXPECT_EQ(found.similarity, 1.0);
}

TEST(ChatTemplate, similarity_is_the_common_share_of_pieces) {
  // Pieces a b c d against a b x d: the common subsequence is a b d, 2 * 3 / 8.
  EXPECT_DOUBLE_EQ(compare_templates("a b c d", "a b x d").similarity, 0.75);
  EXPECT_DOUBLE_EQ(compare_templates("a b", "c d").similarity, 0.0);
}

TEST(ChatTemplate, real_copies_agree_and_strangers_do_not) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto text = [&](const char* name) { return testing::read_file(folder / "chat_templates" / name); };
  // Llama-3.3 ships Llama-3.1's template; DeepSeek-R1's two distillates were given one, up to small edits.
  EXPECT_TRUE(
      compare_templates(text("meta-llama-Llama-3.1-8B-Instruct.jinja"), text("meta-llama-Llama-3.3-70B-Instruct.jinja"))
          .identical);
  const auto distilled = compare_templates(text("deepseek-ai-DeepSeek-R1-Distill-Llama-8B.jinja"),
                                           text("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja"));
  const auto strangers = compare_templates(text("google-gemma-2-2b-it.jinja"), text("openai-gpt-oss-120b.jinja"));
  EXPECT_GT(distilled.similarity, 0.9);
  EXPECT_LT(strangers.similarity, 0.3);
}

TEST(Scripts, hangul_has_its_own_row) {
  EXPECT_EQ(script_of("\xEA\xB0\x80"), Script::kHangul);   // U+AC00
  EXPECT_EQ(script_of(" \xED\x95\x9C"), Script::kHangul);  // U+D55C with a space
  EXPECT_EQ(script_of("\xE3\x84\xB1"), Script::kHangul);   // U+3131, a single jamo
  EXPECT_EQ(script_of("\xE4\xB8\xAD"), Script::kHan);
  EXPECT_EQ(script_of("\xE3\x81\x82"), Script::kKana);
  EXPECT_EQ(script_of(" the"), Script::kLatin);
  EXPECT_EQ(script_of("\xD0\xB4"), Script::kCyrillic);
  EXPECT_EQ(script_of("123"), Script::kDigits);
  EXPECT_EQ(script_of("!=("), Script::kSymbols);
  EXPECT_EQ(script_of("  "), Script::kSpace);
  EXPECT_EQ(script_of("\xEA\xB0"), Script::kBytes);  // two of three bytes
  EXPECT_EQ(script_of("a\xEA\xB0\x80"), Script::kMixed);
  EXPECT_TRUE(is_digits(" 2024"));
  EXPECT_FALSE(is_digits("2a"));
}

TEST(Scripts, a_korean_vocabulary_shows_in_the_hangul_row) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto korean = testing::load(folder / "lgai-exaone-4.0__hf/vocab.json"),
             english = testing::load(folder / "openai-gpt2__hf/vocab.json");
  const auto row = [](const io::Tokenizer& t) {
    const auto profile = profile_of(t);
    return static_cast<double>(profile.scripts[static_cast<std::size_t>(Script::kHangul)]) /
           static_cast<double>(profile.ordinary);
  };
  EXPECT_GT(row(*korean), 0.1);
  EXPECT_LT(row(*english), 0.01);
}

TEST(Conventions, compare_special_tokens_that_are_not_everywhere) {
  const auto model = [](const char* id, const char* config) {
    return Model{id, {}, {{"tokenizer-config", "tokenizer_config.json", config}}};
  };
  const auto result = run_analyzer<ConventionsAnalyzer>(
      {model(
           "a",
           R"({"bos_token":"<s>","additional_special_tokens":["<|im_start|>","<|im_end|>","<|mine|>"],"chat_template":"{{ '<|im_start|>' }}"})"),
       model(
           "b",
           R"({"bos_token":"<s>","additional_special_tokens":["<|im_start|>","<|im_end|>"],"chat_template":[{"name":"default","template":"{{ '<|im_start|>' }}"}]})"),
       model("c", R"({"bos_token":"<s>","additional_special_tokens":["[X]"]})")});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  EXPECT_DOUBLE_EQ(result.find("tokenizer.special-tokens", "b")->value, 2.0 / 3.0);  // two shared of three
  EXPECT_EQ(result.find("tokenizer.special-tokens", "c")->value, 0.0);               // <s> does not count
  EXPECT_EQ(result.find("tokenizer.chat-template", "b")->summary_key, "tokenizer.chat-template.same");
  EXPECT_EQ(result.find("tokenizer.chat-template", "c"), nullptr);
}

}  // namespace
}  // namespace pedigree::tokenizer
