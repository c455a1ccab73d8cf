// SPDX-License-Identifier: MIT
// Every format of one tokenizer compares as identical.
#include <gtest/gtest.h>

#include "plugins/tokenizer/tests/tokenizer_files.hpp"

namespace pedigree::tokenizer {
namespace {
using testing::load;
using testing::Profiled;

void expect_same_core(const io::Tokenizer& a, const io::Tokenizer& b, const std::string& what) {
  const auto overlap = overlap_of(a, b);
  EXPECT_EQ(overlap.common(), a.core_count()) << what;
  EXPECT_EQ(overlap.common(), b.core_count()) << what;
  const auto order = order_of(id_places(a, b, overlap));
  EXPECT_EQ(order.longest, order.items) << what;
  const MergeTable mine{a}, theirs{b};
  EXPECT_EQ(mine.size(), theirs.size()) << what;
  const auto merges = order_of(merge_places(mine, theirs, overlap));
  EXPECT_EQ(merges.items, mine.size()) << what;
  EXPECT_EQ(merges.longest, merges.items) << what;
}

struct Copies {
  const char *first, *second;
};

class Formats : public ::testing::TestWithParam<Copies> {};

TEST_P(Formats, of_one_tokenizer_hold_the_same_bytes_in_the_same_order) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto a = load(folder / GetParam().first), b = load(folder / GetParam().second);
  ASSERT_TRUE(a.ok()) << a.error().text();
  ASSERT_TRUE(b.ok()) << b.error().text();
  expect_same_core(*a, *b, std::string{GetParam().first} + " / " + GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(
    KnownCopies, Formats,
    ::testing::Values(Copies{"meta-llama-2__sp/tokenizer.model", "meta-llama-2__hf/tokenizer.json"},
                      Copies{"meta-llama-2__sp/tokenizer.model", "meta-llama-2__gguf/ggml-vocab-llama-spm.gguf"},
                      Copies{"meta-llama-2__sp/tokenizer.model", "microsoft-phi-3-mini__hf/tokenizer.json"},
                      Copies{"qwen-qwen1__tiktoken/qwen.tiktoken", "qwen-qwen1__tiktoken/qwen.crlf.tiktoken"},
                      Copies{"qwen-qwen1__tiktoken/qwen.tiktoken", "qwen-qwen2__hf/vocab.json"},
                      Copies{"openai-gpt2__hf/vocab.json", "openai-gpt2__gguf/ggml-vocab-gpt-2.gguf"},
                      Copies{"openai-gpt2__hf/vocab.json", "openai-r50k__tiktoken/r50k_base.tiktoken"},
                      Copies{"eleutherai-gpt-neox-20b__hf/20B_tokenizer.json",
                             "eleutherai-gpt-neox-20b__gguf/ggml-vocab-gpt-neox.gguf"},
                      Copies{"tiiuae-falcon__hf/tokenizer.json", "tiiuae-falcon__gguf/ggml-vocab-falcon.gguf"},
                      Copies{"openai-cl100k__tiktoken/cl100k_base.tiktoken",
                             "allenai-olmo-2__hf/allenai_dolma2.json"}));

TEST(Formats, gpt_2_trained_merges_are_what_the_ranks_alone_give) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  // merges.txt was written by the trainer; the tiktoken file has ranks only. Recomputing one split per
  // token from ranks must give the trainer's own list: 50,000 rules in the same order.
  const auto trained = load(folder / "openai-gpt2__hf/vocab.json");
  const auto ranks = load(folder / "openai-r50k__tiktoken/r50k_base.tiktoken");
  const auto listed = trained->listed_merges();
  const auto computed = io::canonical_merges(*ranks);
  ASSERT_EQ(listed.size(), 50000u);
  ASSERT_EQ(computed.size(), listed.size());
  for (std::size_t i = 0; i < listed.size(); ++i) {
    ASSERT_EQ(trained->bytes(listed[i].token), ranks->bytes(computed[i].token)) << "rule " << i;
    ASSERT_EQ(listed[i].split, computed[i].split) << "rule " << i;
  }
}

TEST(Formats, a_mangled_file_found_in_the_wild_is_refused) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto broken = load(folder / "corrupt__utf8_mangled/ggml-vocab-gpt-2.gguf");
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().code.substr(0, 5), "GGUF_");
  EXPECT_FALSE(broken.error().place.empty());
}

}  // namespace
}  // namespace pedigree::tokenizer
