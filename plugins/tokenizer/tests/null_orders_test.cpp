// SPDX-License-Identifier: MIT
// Orders that stand in two vocabularies without descent: frequency in short lists, alphabets, sorted files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <random>
#include <set>

#include "plugins/tokenizer/tests/founders.hpp"
#include "plugins/tokenizer/tests/made_files.hpp"
#include "plugins/tokenizer/tests/tokenizer_files.hpp"

namespace pedigree::tokenizer {
namespace {

/// A tokenizer made here, with its profile.
struct Made {
  explicit Made(const std::string& name, const std::string& bytes) : loaded(io::read_tokenizer({name, bytes})) {
    if (loaded.ok())
      profile.emplace(*loaded, testing::signatures());
    else
      ADD_FAILURE() << loaded.error().text();
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  io::Result<io::Tokenizer> loaded;
  std::optional<Profile> profile;
};

/// The first `most` core tokens of a file, as the vocabulary that the same training would have given earlier.
std::vector<std::string> first_tokens(const io::Tokenizer& tokenizer, std::size_t most) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < tokenizer.size() && out.size() < most; ++i)
    if (tokenizer.kind(i) == io::TokenKind::kOrdinary) out.emplace_back(tokenizer.bytes(i));
  return out;
}

class CutFounders : public ::testing::TestWithParam<std::size_t> {};

TEST_P(CutFounders, are_never_called_related) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  std::vector<std::unique_ptr<Made>> cut;
  for (const char* name : testing::kFounders) {
    const auto whole = testing::load(folder / name);
    ASSERT_TRUE(whole.ok()) << name;
    cut.push_back(std::make_unique<Made>("v.tiktoken", testing::tiktoken_file(first_tokens(*whole, GetParam()))));
  }
  double highest = 0, ratio = 0;
  for (std::size_t a = 0; a < cut.size(); ++a)
    for (std::size_t b = 0; b < cut.size(); ++b) {
      if (a == b) continue;
      const auto r = relate(*cut[a]->profile, *cut[b]->profile);
      EXPECT_TRUE(r.kinship == Kinship::kIndependent || r.kinship == Kinship::kUnclear)
          << testing::kFounders[a] << " " << testing::kFounders[b] << " " << name_of(r.kinship);
      EXPECT_LE(log10_likelihood_ratio(r), 0);
      if (r.items() < kFewestItems) continue;
      highest = std::max(highest, r.score());
      ratio = std::max(ratio, r.ids.longest_ratio * std::sqrt(static_cast<double>(r.ids.items)));
    }
  std::printf("cut to %zu: highest score %.4f, largest ratio sqrt(n) %.2f\n", GetParam(), highest, ratio);
  EXPECT_LE(highest, kUnrelatedScore);  // a copy of any of them has 1
}

INSTANTIATE_TEST_SUITE_P(Sizes, CutFounders, ::testing::Values(512u, 1024u, 2048u, 4096u, 16384u));

TEST(NullOrders, a_cut_vocabulary_is_still_known_by_the_whole_one) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const testing::Profiled whole{folder / "openai-r50k__tiktoken/r50k_base.tiktoken"};
  const Made cut{"v.tiktoken", testing::tiktoken_file(first_tokens(*whole, 1024))};
  EXPECT_EQ(relate(*cut.profile, *whole.profile).kinship, Kinship::kExtendedBy);
  EXPECT_EQ(relate(*whole.profile, *cut.profile).kinship, Kinship::kExtends);
}

std::string word(std::mt19937_64& random) {
  std::string out;
  for (std::size_t i = 0, n = 2 + random() % 7; i < n; ++i) out += static_cast<char>('a' + random() % 26);
  return out;
}

/// A WordPiece vocabulary as trainers write it: special tokens, letters by code point, then words.
std::string word_piece(std::uint64_t seed, const std::vector<std::string>& common) {
  std::mt19937_64 random{seed};
  std::vector<std::string> tokens{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  for (std::uint32_t c = 'a'; c <= 'z'; ++c) tokens.push_back(testing::utf8(c));
  for (std::uint32_t c = 0x4E00; c < 0x4E00 + 6000; ++c)
    if (random() % 10 != 0) tokens.push_back(testing::utf8(c));
  std::vector<std::string> words = common;
  std::shuffle(words.begin(), words.end(), random);
  std::set<std::string> known(words.begin(), words.end());
  while (words.size() < common.size() + 4000)
    if (auto fresh = word(random); known.insert(fresh).second) words.push_back(std::move(fresh));
  tokens.insert(tokens.end(), words.begin(), words.end());
  for (std::uint32_t c = 0x4E00; c < 0x4E00 + 6000; ++c)
    if (random() % 10 != 0) tokens.push_back("##" + testing::utf8(c));
  return testing::tokenizer_json(tokens, R"("type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##")");
}

std::vector<std::string> distinct_words(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::set<std::string> known;
  std::vector<std::string> words;
  while (words.size() < count)
    if (auto fresh = word(random); known.insert(fresh).second) words.push_back(std::move(fresh));
  return words;
}

TEST(NullOrders, an_alphabet_by_code_point_is_no_common_origin) {
  // 6,000 Chinese letters, nine in ten in each vocabulary, stand in one order; the 3,000 common words do not.
  const auto common = distinct_words(3000, 1);
  const Made a{"tokenizer.json", word_piece(2, common)}, b{"tokenizer.json", word_piece(3, common)};
  const auto r = relate(*a.profile, *b.profile);
  EXPECT_GT(r.overlap.common(), 9000u);
  EXPECT_EQ(r.kinship, Kinship::kIndependent);
}

std::string sorted_words(std::vector<std::string> words, const std::vector<std::string>& own) {
  words.insert(words.end(), own.begin(), own.end());
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return testing::tokenizer_json(words, R"("type":"WordLevel","unk_token":"a")");
}

TEST(NullOrders, two_files_sorted_by_spelling_are_not_related_by_it) {
  const auto common = distinct_words(3000, 1);
  const Made a{"tokenizer.json", sorted_words(common, distinct_words(3000, 2))},
      b{"tokenizer.json", sorted_words(common, distinct_words(3000, 3))};
  const auto r = relate(*a.profile, *b.profile);
  EXPECT_EQ(r.ids.longest_ratio, 1.0);  // in one order, all of it
  EXPECT_EQ(r.spoken.items, 0u);
  EXPECT_EQ(r.kinship, Kinship::kUnclear);
  EXPECT_EQ(log10_likelihood_ratio(r), 0);
  const Made copy{"tokenizer.json", sorted_words(common, distinct_words(3000, 2))};
  EXPECT_EQ(relate(*a.profile, *copy.profile).kinship, Kinship::kIdentical);
}

/// 256 bytes, then these tokens.
std::string byte_level(const std::vector<std::string>& tokens) {
  std::vector<std::string> all;
  for (int byte = 0; byte < 256; ++byte) all.emplace_back(1, static_cast<char>(byte));
  all.insert(all.end(), tokens.begin(), tokens.end());
  return testing::tiktoken_file(all);
}

TEST(NullOrders, the_256_bytes_and_a_dozen_words_in_one_order_say_nothing) {
  const auto common = distinct_words(12, 1), mine = distinct_words(2000, 2), theirs = distinct_words(2000, 3);
  const auto with = [&](const std::vector<std::string>& own) {
    auto tokens = common;
    std::set<std::string> known(common.begin(), common.end());
    for (const auto& one : own)
      if (known.insert(one).second) tokens.push_back(one);
    return byte_level(tokens);
  };
  const Made a{"a.tiktoken", with(mine)}, b{"b.tiktoken", with(theirs)};
  const auto r = relate(*a.profile, *b.profile);
  EXPECT_GE(r.overlap.common(), 256u + 12u);
  EXPECT_EQ(r.kinship, Kinship::kIndependent);
}

TEST(NullOrders, small_vocabularies_are_identical_or_unclear_but_nothing_more) {
  const auto words = distinct_words(100, 1);
  auto other = words;
  std::reverse(other.begin() + 50, other.end());
  auto extended = words;
  extended.push_back("something of its own");
  const Made a{"a.tiktoken", byte_level(words)}, copy{"b.tiktoken", byte_level(words)},
      turned{"c.tiktoken", byte_level(other)}, bytes{"d.tiktoken", byte_level({})},
      bytes2{"e.tiktoken", byte_level({})};
  EXPECT_EQ(relate(*a.profile, *copy.profile).kinship, Kinship::kIdentical);
  EXPECT_EQ(relate(*a.profile, *turned.profile).kinship, Kinship::kUnclear);
  EXPECT_EQ(relate(*bytes.profile, *bytes2.profile).kinship, Kinship::kUnclear);  // every byte tokenizer is that
}

}  // namespace
}  // namespace pedigree::tokenizer
