// SPDX-License-Identifier: MIT
// The analyzers through the real C boundary.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "plugins/tokenizer/analyzers/ancestry_analyzer.hpp"
#include "plugins/tokenizer/analyzers/conventions.hpp"
#include "plugins/tokenizer/analyzers/merges.hpp"
#include "plugins/tokenizer/analyzers/vocabulary.hpp"
#include "plugins/tokenizer/tests/tokenizer_files.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::tokenizer {
namespace {
using nlohmann::json;
using ::pedigree::testing::Model;
using ::pedigree::testing::run_analyzer;
using ::pedigree::testing::RunResult;

/// Every message key exists in both languages, and every {name} in it is a parameter of the evidence.
void expect_messages(const RunResult& result) {
  const auto messages =
      json::parse(testing::read_file(::pedigree::testing::source_path("plugins/tokenizer/messages.json")));
  for (const auto& e : result.evidence) {
    ASSERT_TRUE(messages.contains(e.summary_key)) << e.summary_key;
    const auto params = json::parse(e.params_json);
    EXPECT_TRUE(json::parse(e.details_json).is_object());
    EXPECT_LE(e.details_json.size(), std::size_t{1} << 20);
    EXPECT_LE(std::abs(e.log10_lr), 0.5) << e.signal;
    EXPECT_NE(e.relation, relation::kDerived) << e.signal;
    EXPECT_EQ(e.component, component::kTokenizer);
    for (const char* language : {"en", "ko"}) {
      const std::string text = messages[e.summary_key].value(language, "");
      ASSERT_FALSE(text.empty()) << e.summary_key;
      for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
        const auto name = text.substr(at + 1, text.find_first_of(":}", at) - at - 1);
        EXPECT_TRUE(params.contains(name)) << e.summary_key << " " << language << " wants " << name;
      }
    }
  }
}

json params_of(const Evidence* e) { return e == nullptr ? json::object() : json::parse(e->params_json); }

TEST(Analyzers, call_identical_tokenizers_a_reuse_and_never_a_descent) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const std::vector<Model> models{{"tiny", folder / "tinyllama__hf"}, {"llama", folder / "meta-llama-2__hf"}};
  const auto result = run_analyzer<VocabularyAnalyzer>(models);
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  expect_messages(result);
  const auto* overlap = result.find("tokenizer.overlap", "llama");
  ASSERT_NE(overlap, nullptr);
  EXPECT_EQ(overlap->value, 1.0);
  EXPECT_EQ(overlap->relation, relation::kTokenizerReuse);
  EXPECT_GT(overlap->log10_lr, 0);
  const auto merges = run_analyzer<MergesAnalyzer>(models);
  ASSERT_EQ(merges.status, PEDIGREE_OK);
  expect_messages(merges);
  EXPECT_EQ(merges.find("tokenizer.merge-order", "llama")->value, 1.0);
}

TEST(Analyzers, speak_against_reuse_for_unrelated_tokenizers) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const std::vector<Model> models{{"mistral", folder / "mistralai-mistral-v1__sp/tokenizer.model.v1"},
                                  {"llama", folder / "meta-llama-2__sp/tokenizer.model"},
                                  {"t5", folder / "google-t5-small__hf/tokenizer.json"}};
  const auto result = run_analyzer<VocabularyAnalyzer>({models[0], {"llama", models[1].path, {}, ""}, models[2]});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  expect_messages(result);
  for (const char* reference : {"llama", "t5"}) {
    const auto* overlap = result.find("tokenizer.overlap", reference);
    ASSERT_NE(overlap, nullptr);
    EXPECT_LT(overlap->log10_lr, 0) << reference;
    EXPECT_EQ(overlap->relation, relation::kNone) << reference;
  }
}

TEST(Analyzers, describe_an_extension_exactly) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto result = run_analyzer<VocabularyAnalyzer>(
      {{"qwen", folder / "qwen-qwen2__hf"}, {"cl100k", folder / "openai-cl100k__tiktoken/cl100k_base.tiktoken"}});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  expect_messages(result);
  const auto* overlap = result.find("tokenizer.overlap", "cl100k");
  ASSERT_NE(overlap, nullptr);
  EXPECT_EQ(overlap->summary_key, "tokenizer.kinship.extends-digits");
  EXPECT_EQ(params_of(overlap)["removed"], 1100);
  EXPECT_EQ(params_of(overlap)["added"], 52487);
  EXPECT_NEAR(result.find("tokenizer.vocab-share", "cl100k")->value, 99156.0 / 100256.0, 1e-12);
}

TEST(Analyzers, show_positionwise_equality_with_its_warning_only) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto result =
      run_analyzer<MergesAnalyzer>({{"stand-in", folder / "openai-cl100k__tiktoken/cl100k_base.tiktoken"},
                                    {"qwen", folder / "qwen-qwen2__hf"},
                                    {"llama-3", folder / "meta-llama-3__tiktoken"}});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  expect_messages(result);
  std::set<std::int64_t> equal;
  for (const auto& e : result.evidence) {
    if (e.signal != "tokenizer.positionwise-merges") continue;
    EXPECT_EQ(e.log10_lr, 0);
    EXPECT_EQ(e.relation, relation::kNone);
    equal.insert(params_of(&e)["equal"].get<std::int64_t>());
  }
  EXPECT_TRUE(equal.contains(154));  // against Qwen: 1.54 %
  EXPECT_TRUE(equal.contains(1));    // against Llama-3's published list: 0.01 %
  const auto messages =
      json::parse(testing::read_file(::pedigree::testing::source_path("plugins/tokenizer/messages.json")));
  for (const char* key : {"tokenizer.positionwise", "tokenizer.positionwise.every-split"})
    EXPECT_NE(messages[key]["en"].get<std::string>().find("artefact"), std::string::npos);
}

TEST(Analyzers, peel_ancestors_and_call_siblings_siblings) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto result = run_analyzer<AncestryAnalyzer>(
      {{"qwen", folder / "qwen-qwen2__hf"}, {"llama-3", folder / "meta-llama-3__tiktoken"}});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  expect_messages(result);
  const auto* remainder = result.find("tokenizer.remainder", "llama-3");
  ASSERT_NE(remainder, nullptr);
  EXPECT_EQ(remainder->summary_key, "tokenizer.remainder.siblings");
  EXPECT_EQ(params_of(remainder)["ancestors"], "cl100k");
  EXPECT_EQ(remainder->relation, relation::kNone);
  EXPECT_EQ(remainder->log10_lr, 0);
  // Qwen is one of the public vocabularies itself; what it was built on is cl100k.
  const auto* ancestor = result.find("tokenizer.ancestor");
  ASSERT_NE(ancestor, nullptr);
  EXPECT_EQ(ancestor->relation, relation::kTokenizerReuse);
  EXPECT_EQ(params_of(ancestor)["base"], "cl100k");
}

TEST(Analyzers, do_not_call_a_public_vocabulary_built_on_itself) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto result = run_analyzer<AncestryAnalyzer>({{"cl100k", folder / "openai-cl100k__tiktoken"}});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  const auto* ancestor = result.find("tokenizer.ancestor");
  ASSERT_NE(ancestor, nullptr);
  EXPECT_EQ(ancestor->summary_key, "tokenizer.ancestor.same");
  EXPECT_EQ(ancestor->relation, relation::kNone);
}

TEST(Analyzers, judge_hyperclovax_from_the_catalog_card_alone) {
  const std::string card = testing::read_file(
      ::pedigree::testing::source_path("pipelines/catalog/naver-hyperclovax__HyperCLOVAX-SEED-Think-32B.json"));
  const std::string facts = json::parse(card)["tokenizer"].dump();
  const Model subject{"hcx", {}, {{"tokenizer-facts", "catalog:hcx/tokenizer-facts.json", facts}}};
  const auto ancestry = run_analyzer<AncestryAnalyzer>({subject});
  ASSERT_EQ(ancestry.status, PEDIGREE_OK) << ancestry.error;
  expect_messages(ancestry);
  const auto* published = ancestry.find("tokenizer.published-counts");
  ASSERT_NE(published, nullptr);
  EXPECT_EQ(published->summary_key, "tokenizer.published.near-certain");
  EXPECT_EQ(params_of(published)["ancestor"], "cl100k");
  EXPECT_EQ(params_of(published)["base"], "cl100k");
  EXPECT_EQ(published->relation, relation::kTokenizerReuse);
  const auto* positionwise = ancestry.find("tokenizer.published-positionwise");
  ASSERT_NE(positionwise, nullptr);
  EXPECT_EQ(params_of(positionwise)["shares"], "llama-3 0.01 %, qwen 1.54 %");  // as the source study has them
  EXPECT_EQ(positionwise->log10_lr, 0);
  EXPECT_EQ(published->log10_lr, 0);  // a public vocabulary is no word about weights
  const auto sizes = run_analyzer<VocabularyAnalyzer>({subject});
  ASSERT_EQ(sizes.status, PEDIGREE_OK) << sizes.error;
  expect_messages(sizes);
  EXPECT_EQ(params_of(sizes.find("tokenizer.size"))["gap"], 128256 - 110524);
}

TEST(Analyzers, lay_out_the_special_tokens_of_one_model) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto result = run_analyzer<VocabularyAnalyzer>({{"phi-3", folder / "microsoft-phi-3-mini__hf"}});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  expect_messages(result);
  const auto params = params_of(result.find("tokenizer.special-layout"));
  // Its added_tokens: <unk>, <s>, </s> as 0 to 2, <|endoftext|> ... <|user|> as 32000 to 32010.
  EXPECT_EQ(params["specials"], 14);
  EXPECT_EQ(params["first"], 0);
  EXPECT_EQ(params["last"], 32010);
  EXPECT_EQ(params["after"], 11);
  EXPECT_EQ(params["reserved"], 0);
  const auto profile = params_of(result.find("tokenizer.profile"));
  EXPECT_EQ(profile["scripts"].get<std::string>().substr(0, 6), "Latin ");
  EXPECT_EQ(profile["hangul"], 111);  // Llama-2's 111 syllables
}

TEST(Analyzers, abstain_with_a_reason_when_nothing_is_at_hand) {
  const auto result = run_analyzer<VocabularyAnalyzer>({{"a", {}, {{"config", "config.json", "{}"}}}, {"b", {}, {}}});
  EXPECT_EQ(result.status, PEDIGREE_NOT_APPLICABLE);
  EXPECT_FALSE(result.error.empty());
  EXPECT_TRUE(result.evidence.empty());
}

TEST(Analyzers, refuse_a_broken_subject_and_pass_over_a_broken_reference) {
  const std::string broken = R"({"model":{"vocab":{"a":0,"b":0}}})",
                    whole = R"({"model":{"type":"WordLevel","vocab":{"a":0,"b":1}}})";
  const Model bad{"bad", {}, {{"tokenizer", "tokenizer.json", broken}}},
      good{"good", {}, {{"tokenizer", "tokenizer.json", whole}}};
  const auto refused = run_analyzer<VocabularyAnalyzer>({bad, good});
  EXPECT_EQ(refused.status, PEDIGREE_ERR_INPUT);
  EXPECT_NE(refused.error.find("TOK_DUPLICATE_ID"), std::string::npos);
  const auto passed = run_analyzer<VocabularyAnalyzer>({good, bad});
  EXPECT_EQ(passed.status, PEDIGREE_OK);
  EXPECT_EQ(passed.find("tokenizer.overlap", "bad"), nullptr);
  EXPECT_FALSE(passed.log.empty());
}

TEST(Analyzers, give_the_same_evidence_whatever_the_number_of_threads) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const std::vector<Model> models{{"phi", folder / "microsoft-phi-2__hf"}, {"gpt2", folder / "openai-gpt2__hf"}};
  const auto one = run_analyzer<VocabularyAnalyzer>(models, "{}", 1),
             two = run_analyzer<VocabularyAnalyzer>(models, "{}", 2);
  ASSERT_EQ(one.evidence.size(), two.evidence.size());
  for (std::size_t i = 0; i < one.evidence.size(); ++i) {
    EXPECT_EQ(one.evidence[i].signal, two.evidence[i].signal);
    EXPECT_EQ(one.evidence[i].value, two.evidence[i].value);
    EXPECT_EQ(one.evidence[i].params_json, two.evidence[i].params_json);
    EXPECT_EQ(one.evidence[i].details_json, two.evidence[i].details_json);
  }
}

TEST(Analyzers, refuse_options_that_contradict_each_other) {
  const auto result =
      run_analyzer<VocabularyAnalyzer>({{"a", {}, {}}}, R"({"extended_share":0.99,"fine_tuned_share":0.9})");
  EXPECT_EQ(result.status, PEDIGREE_ERR_CONFIG);
}

}  // namespace
}  // namespace pedigree::tokenizer
