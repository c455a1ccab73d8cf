// SPDX-License-Identifier: MIT
#include "pedigree/io/tokenizer_signature.hpp"

#include <gtest/gtest.h>

#include "plugins/tokenizer/ancestry/embedded.hpp"
#include "plugins/tokenizer/ancestry/published.hpp"
#include "plugins/tokenizer/tests/tokenizer_files.hpp"

namespace pedigree::tokenizer {
namespace {
using testing::Profiled;

const io::Signature& shipped(std::string_view name) {
  for (const auto& signature : testing::signatures())
    if (signature.label.name == name) return signature;
  throw std::logic_error("no signature " + std::string{name});
}

TEST(Signatures, shipped_ones_are_small_named_and_say_where_they_come_from) {
  ASSERT_GE(embedded_signatures().size(), 20u);
  for (const auto& file : embedded_signatures()) {
    EXPECT_LE(file.bytes.size(), io::kLargestSignature) << file.name;
    const auto signature = io::read_signature(file);
    ASSERT_TRUE(signature.ok()) << signature.error().text();
    EXPECT_EQ(signature->label.name + ".sig", file.name);
    EXPECT_NE(signature->label.source.find("sha256:"), std::string::npos) << file.name;
    EXPECT_EQ(signature->entries.size(), signature->core_tokens) << file.name;
  }
  for (const char* name :
       {"gpt-2", "cl100k", "o200k", "llama-2", "llama-3", "gpt-neox", "gemma-3", "mistral", "tekken", "qwen"})
    EXPECT_EQ(shipped(name).label.name, name);
}

TEST(Signatures, hold_every_token_at_its_place) {
  // 3,000 tokens "0".."2999" written as raw bytes through tiktoken lines; small enough for all places to be kept.
  std::string lines;
  const auto base64 = [](std::string text) {
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (text.size() % 3 != 0) text += ' ';
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
      const unsigned group = static_cast<unsigned>(text[i]) << 16 | static_cast<unsigned>(text[i + 1]) << 8 |
                             static_cast<unsigned>(text[i + 2]);
      for (int shift = 18; shift >= 0; shift -= 6) out += kDigits[group >> shift & 63];
    }
    return out;
  };
  for (int i = 0; i < 3000; ++i) lines += base64("t" + std::to_string(i)) + " " + std::to_string(i) + "\n";
  const auto tokenizer = io::read_tokenizer({"t.tiktoken", lines});
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().text();
  const auto bytes = io::make_signature(*tokenizer, {"t", "Test", "made here"});
  ASSERT_TRUE(bytes.ok());
  const auto signature = io::read_signature({"t.sig", *bytes});
  ASSERT_TRUE(signature.ok());
  ASSERT_EQ(signature->core_tokens, 3000u);
  EXPECT_EQ(signature->sample_bits, 0u);
  std::vector<bool> seen(3000);
  for (const auto& entry : signature->entries) {
    ASSERT_LT(entry.place, 3000u);
    EXPECT_EQ(tokenizer->hash(entry.place) >> (64 - signature->hash_bits), entry.prefix);
    seen[entry.place] = true;
  }
  EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](bool b) { return b; }));
}

TEST(Signatures, name_the_ancestor_without_its_file) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto closest = [&](const char* file) {
    const Profiled subject{folder / file};
    const auto* match = subject.profile->ancestry.closest();
    return match == nullptr ? std::string{} : match->signature->label.name;
  };
  EXPECT_EQ(closest("microsoft-phi-2__hf/tokenizer.json"), "gpt-2");
  EXPECT_EQ(closest("openai-p50k__tiktoken/p50k_base.tiktoken"), "gpt-2");
  EXPECT_EQ(closest("allenai-olmo-2__hf/allenai_dolma2.json"), "cl100k");
  EXPECT_EQ(closest("mistralai-mistral-v2__sp/mistral_instruct_tokenizer_240216.model.v2"), "mistral");
  EXPECT_EQ(closest("openai-clip__hf/tokenizer.json"), "");
  // Qwen is named as itself; beneath it cl100k, and not its sibling Llama-3.
  const Profiled qwen{folder / "qwen-qwen1__tiktoken/qwen.tiktoken"};
  ASSERT_EQ(qwen.profile->ancestry.accepted.size(), 2u);
  EXPECT_EQ(qwen.profile->ancestry.accepted[0]->label.name, "cl100k");
  EXPECT_EQ(qwen.profile->ancestry.accepted[1]->label.name, "qwen");
}

// HyperCLOVAX-SEED, published: 110,524 entries; 102,323 tokens and 102,114 merges common with Llama-3,
// 100,450 merges common with Qwen.
TokenizerFacts hyperclovax() {
  TokenizerFacts facts;
  facts.file_vocab_size = 110524;
  facts.published = {{"llama-3", 102323, 102114, 0.0001}, {"qwen", std::nullopt, 100450, 0.0154}};
  return facts;
}

TEST(PublishedCounts, make_cl100k_the_near_certain_ancestor_of_hyperclovax) {
  const auto found = test_published(hyperclovax(), testing::signatures());
  ASSERT_FALSE(found.empty());
  const auto& best = found.front();
  EXPECT_EQ(best.ancestor->label.name, "cl100k");
  // cl100k lies whole in Llama-3: at least 100,256 tokens and 100,000 merges in common; Qwen lacks 1,100
  // of it: at least 100,256 - 1,100 - 256 = 98,900 merges.
  ASSERT_EQ(best.tests.size(), 3u);
  EXPECT_EQ(best.tests[0].demanded, 100256);
  EXPECT_EQ(best.tests[1].demanded, 100000);
  EXPECT_NEAR(static_cast<double>(best.tests[2].demanded), 98900,
              40);  // Qwen's 34-bit hashes: n m / 2^34 = 0.9 chance hits
  EXPECT_EQ(best.own_tokens, 110524 - 100256);
  EXPECT_GT(best.explained, 0.975);  // 100,000 / 102,114 = 0.979
  ASSERT_GE(found.size(), 2u);
  EXPECT_LT(found[1].explained, 0.75);  // no rival explains as much
}

TEST(PublishedCounts, refuse_an_ancestor_whose_lower_bound_fails) {
  auto facts = hyperclovax();
  facts.published[0].tokens = 90000;  // fewer than cl100k and Llama-3 share
  for (const auto& hypothesis : test_published(facts, testing::signatures()))
    EXPECT_NE(hypothesis.ancestor->label.name, "cl100k");
}

TEST(PublishedCounts, say_nothing_without_a_testable_count) {
  TokenizerFacts facts;
  facts.file_vocab_size = 110524;
  facts.published = {{"a-vocabulary-without-signature", 1000, 1000, {}}};
  EXPECT_TRUE(test_published(facts, testing::signatures()).empty());
}

}  // namespace
}  // namespace pedigree::tokenizer
