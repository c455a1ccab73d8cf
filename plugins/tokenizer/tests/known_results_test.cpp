// SPDX-License-Identifier: MIT
// What must come out right on the real files of ../shared (requirements: the tokenizer issue, spec.md 2 and erratum 5).
#include <gtest/gtest.h>

#include <algorithm>

#include "pedigree/io/tokenizer_merges.hpp"
#include "plugins/tokenizer/compare/positionwise.hpp"
#include "plugins/tokenizer/model/scripts.hpp"
#include "plugins/tokenizer/tests/tokenizer_files.hpp"

namespace pedigree::tokenizer {
namespace {
using testing::Profiled;

constexpr const char* kCl100k = "openai-cl100k__tiktoken/cl100k_base.tiktoken";
constexpr const char* kLlama3 = "meta-llama-3__tiktoken/tokenizer.model";
constexpr const char* kQwen = "qwen-qwen2__hf/vocab.json";
constexpr const char* kLlama2 = "meta-llama-2__sp/tokenizer.model";
constexpr const char* kMistral = "mistralai-mistral-v1__sp/tokenizer.model.v1";

bool peels(const Relation& relation, std::string_view name) {
  return std::any_of(relation.peeled.begin(), relation.peeled.end(),
                     [&](const auto* s) { return s->label.name == name; });
}

TEST(KnownResults, cl100k_is_the_first_100256_ids_of_llama_3) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled subject{folder / kLlama3}, reference{folder / kCl100k};
  const auto r = relate(*subject.profile, *reference.profile);
  // cl100k_base has ranks 0..100,255; Llama-3 128,000, of which 27,744 are its own.
  EXPECT_EQ(r.overlap.common(), 100256u);
  EXPECT_EQ(common_prefix(*subject, *reference), 100256u);
  EXPECT_EQ(r.overlap.subject_tokens - r.overlap.common(), 27744u);
  EXPECT_EQ(r.kinship, Kinship::kExtends);
  // Every shared token keeps its id; 256 of them are single bytes and are not counted by order.
  EXPECT_EQ(r.ids.equal_places, 100000u);
}

TEST(KnownResults, qwen_is_cl100k_minus_exactly_1100_digit_strings) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled subject{folder / kQwen}, reference{folder / kCl100k};
  const auto r = relate(*subject.profile, *reference.profile);
  // 100 two-digit and 1,000 three-digit strings: 100,256 - 1,100 = 99,156; Qwen has 151,643.
  EXPECT_EQ(r.overlap.common(), 99156u);
  EXPECT_EQ(r.overlap.subject_tokens - r.overlap.common(), 52487u);
  std::vector<bool> shared((*reference).size());
  for (const auto& token : r.overlap.shared) shared[token.reference] = true;
  std::size_t two = 0, three = 0, other = 0;
  for (std::size_t i = 0; i < shared.size(); ++i) {
    if (shared[i]) continue;
    const auto bytes = (*reference).bytes(i);
    if (!is_digits(bytes) || bytes.front() == ' ')
      ++other;
    else
      ++(bytes.size() == 2 ? two : three);
  }
  EXPECT_EQ(two, 100u);
  EXPECT_EQ(three, 1000u);
  EXPECT_EQ(other, 0u);
  EXPECT_EQ(r.kinship, Kinship::kExtends);
  EXPECT_DOUBLE_EQ(r.ids.longest_ratio, 1.0);
  // Renumbered: the first digit string, "00", is id 410, and there the equal prefix ends.
  EXPECT_EQ(common_prefix(*subject, *reference), 410u);
  const auto shifts = shifts_of(id_places(*subject, *reference, r.overlap), 3);
  ASSERT_FALSE(shifts.empty());
  EXPECT_EQ(shifts.front().by, -1100);
  EXPECT_EQ(shifts.front().items, 71871u);  // the block named in methods.md section 4.1
}

TEST(KnownResults, positionwise_equality_reproduces_the_source_study_and_is_an_artefact) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled stand_in{folder / kCl100k}, qwen{folder / kQwen}, llama3{folder / kLlama3};
  constexpr std::size_t kPositions = 10000;
  const auto& mine = stand_in.profile->merges.merges();
  const auto with_qwen = positionwise(*stand_in, mine, *qwen, (*qwen).listed_merges(), kPositions);
  // 410 - 256 = 154 merges stand before the first digit string that Qwen removed: 1.54 %.
  EXPECT_EQ(with_qwen.equal, 154u);
  EXPECT_EQ(with_qwen.prefix, 154u);
  EXPECT_GE(with_qwen.prefix, 20u);  // "first 20 merges identical"
  // Llama-3's published list has every split of every token: 280,147 rules for 127,744 tokens.
  EXPECT_EQ(io::every_split(*llama3, std::size_t{1} << 20).size(), 280147u);
  const auto listed = io::every_split(*llama3, kPositions);
  EXPECT_EQ(positionwise(*stand_in, mine, *llama3, listed, kPositions).equal, 1u);  // 0.01 %
  // One split per token: the same rules, all of them.
  const auto canonical = positionwise(*stand_in, mine, *llama3, llama3.profile->merges.merges(), kPositions);
  EXPECT_EQ(canonical.equal, kPositions);
}

TEST(KnownResults, llama_2_and_mistral_have_one_size_and_no_common_origin) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled subject{folder / kMistral}, reference{folder / kLlama2};
  EXPECT_EQ((*subject).size(), 32000u);
  EXPECT_EQ((*reference).size(), 32000u);
  const auto r = relate(*subject.profile, *reference.profile);
  EXPECT_NEAR(r.overlap.jaccard(), 0.61, 0.005);
  EXPECT_EQ(r.kinship, Kinship::kIndependent);
  EXPECT_LT(log10_likelihood_ratio(r), 0);
}

TEST(KnownResults, grok_1_contains_most_of_mistral_and_is_independent) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled subject{folder / "xai-grok-1__sp/tokenizer.model"}, reference{folder / kMistral};
  const auto r = relate(*subject.profile, *reference.profile);
  EXPECT_NEAR(r.overlap.share_of_reference(), 0.91, 0.01);
  EXPECT_EQ(r.kinship, Kinship::kIndependent);
}

TEST(KnownResults, mistral_v3_shifts_every_id_of_v1_by_768) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled subject{folder / "mistralai-mistral-v3__sp/mistral_instruct_tokenizer_240323.model.v3"},
      reference{folder / kMistral};
  const auto r = relate(*subject.profile, *reference.profile);
  EXPECT_EQ(r.kinship, Kinship::kIdentical);  // the learned part; the 768 control tokens are special
  EXPECT_EQ((*subject).size(), (*reference).size() + 768);
  const auto shifts = shifts_of(id_places(*subject, *reference, r.overlap), 3);
  ASSERT_EQ(shifts.size(), 1u);
  EXPECT_EQ(shifts.front().by, 768);
}

TEST(KnownResults, borrowed_tokenizers_are_recognised) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled neox{folder / "eleutherai-gpt-neox-20b__hf/20B_tokenizer.json"};
  for (const char* borrower :
       {"allenai-olmo-1__hf/allenai_gpt-neox-olmo-dolma-v1_5.json", "mosaicml-mpt__gguf/ggml-vocab-mpt.gguf",
        "stabilityai-stablelm-3b-4e1t__gguf/ggml-vocab-stablelm.gguf"}) {
    const Profiled subject{folder / borrower};
    EXPECT_EQ(relate(*subject.profile, *neox.profile).kinship, Kinship::kIdentical) << borrower;
    ASSERT_NE(subject.profile->ancestry.closest(), nullptr) << borrower;
    EXPECT_EQ(subject.profile->ancestry.closest()->signature->label.name, "gpt-neox") << borrower;
  }
  const Profiled olmo2{folder / "allenai-olmo-2__hf/allenai_dolma2.json"}, cl100k{folder / kCl100k};
  EXPECT_EQ(relate(*olmo2.profile, *cl100k.profile).kinship, Kinship::kIdentical);
}

TEST(KnownResults, chinese_llama_extends_llama_2) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled subject{folder / "chinese-llama-alpaca__merged49953/tokenizer.model"}, reference{folder / kLlama2};
  const auto r = relate(*subject.profile, *reference.profile);
  EXPECT_EQ(r.kinship, Kinship::kExtends);
  EXPECT_EQ(r.overlap.share_of_reference(), 1.0);
  EXPECT_EQ(r.overlap.subject_tokens - r.overlap.common(), 17954u);  // 49,954 - 32,000
  EXPECT_EQ(subject.profile->ancestry.closest()->signature->label.name, "llama-2");
}

TEST(KnownResults, llama_3_and_qwen_are_siblings_through_cl100k) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled subject{folder / kQwen}, reference{folder / kLlama3};
  for (const auto& [a, b] : {std::pair{&subject, &reference}, std::pair{&reference, &subject}}) {
    const auto r = relate(*a->profile, *b->profile);
    EXPECT_EQ(r.kinship, Kinship::kSiblings);
    EXPECT_TRUE(peels(r, "cl100k"));
    EXPECT_EQ(r.explained, 99156u);
    // methods.md section 4.1: 10,410 multi-byte tokens are left, LIS / common 0.024.
    EXPECT_EQ(r.remainder_tokens, 10410u);
    EXPECT_LT(order_score(r.remainder), 0.05);
    EXPECT_FALSE(r.is_reuse());
    EXPECT_EQ(log10_likelihood_ratio(r), 0);
  }
  EXPECT_NEAR(relate(*subject.profile, *reference.profile).ids.longest_ratio, 0.907, 0.001);
}

/// Spearman's rank correlation of shared ids, to show that it misleads.
double spearman(const std::vector<Places>& by_reference) {
  std::vector<std::size_t> order(by_reference.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return by_reference[a].subject < by_reference[b].subject; });
  const auto n = static_cast<double>(order.size());
  double squares = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double d = static_cast<double>(rank) - static_cast<double>(order[rank]);
    squares += d * d;
  }
  return 1 - 6 * squares / (n * (n * n - 1));
}

TEST(KnownResults, gpt_2_and_cl100k_are_independent_although_overlap_and_rank_correlation_are_high) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const Profiled subject{folder / kCl100k}, reference{folder / "openai-gpt2__hf/vocab.json"};
  const auto r = relate(*subject.profile, *reference.profile);
  EXPECT_NEAR(r.overlap.jaccard(), 0.40, 0.005);
  EXPECT_NEAR(spearman(id_places(*subject, *reference, r.overlap)), 0.74, 0.005);
  EXPECT_NEAR(r.ids.longest_ratio, 0.022, 0.001);
  EXPECT_EQ(r.kinship, Kinship::kIndependent);
}

TEST(KnownResults, a_shuffled_copy_is_still_a_copy) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  // The merge order stays when only ids are shuffled; without merges the set alone must tell.
  const Profiled reference{folder / "google-t5-small__hf/tokenizer.json"};
  std::string shuffled = R"({"model":{"type":"WordLevel","unk_token":"<unk>","vocab":{)";
  const auto& t = *reference;
  std::uint32_t id = 7;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (!t.is_core(i)) continue;
    id = static_cast<std::uint32_t>((std::uint64_t{id} * 48271) % 65521);  // a permutation: 65,521 is prime
    std::string escaped;
    for (const char c : t.bytes(i)) {
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
    shuffled += (shuffled.back() == '{' ? "\"" : ",\"") + escaped + "\":" + std::to_string(id);
  }
  const auto copy = io::read_tokenizer({"tokenizer.json", shuffled + "}}}"});
  ASSERT_TRUE(copy.ok()) << copy.error().text();
  const Profile profile{*copy, testing::signatures()};
  EXPECT_EQ(relate(profile, *reference.profile).kinship, Kinship::kRenumbered);
}

}  // namespace
}  // namespace pedigree::tokenizer
