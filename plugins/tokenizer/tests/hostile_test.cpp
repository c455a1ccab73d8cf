// SPDX-License-Identifier: MIT
// Files made to hurt: each ends in its own clear error, quickly and without much memory.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "pedigree/io/tokenizer_merges.hpp"
#include "pedigree/io/tokenizer_signature.hpp"
#include "plugins/tokenizer/tests/made_files.hpp"
#include "plugins/tokenizer/tests/tokenizer_files.hpp"

namespace pedigree::tokenizer {
namespace {

std::string code_of(const std::string& name, const std::string& bytes) {
  const auto result = io::read_tokenizer({name, bytes});
  if (result.ok()) return "ok";
  EXPECT_FALSE(result.error().message.empty());
  EXPECT_EQ(result.error().file, name);
  return result.error().code;
}

std::string bpe(const std::string& vocab, const std::string& merges = "[]") {
  return R"({"version":"1.0","added_tokens":[],"model":{"type":"BPE","vocab":)" + vocab + R"(,"merges":)" + merges +
         "}}";
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

struct Bad {
  const char *name, *bytes, *code;
};
class SmallFiles : public ::testing::TestWithParam<Bad> {};
TEST_P(SmallFiles, end_in_their_code) { EXPECT_EQ(code_of(GetParam().name, GetParam().bytes), GetParam().code); }
INSTANTIATE_TEST_SUITE_P(
    Json, SmallFiles,
    ::testing::Values(
        Bad{"tokenizer.json", "", "TOK_EMPTY"}, Bad{"tokenizer.json", "{", "TOK_JSON"},
        Bad{"tokenizer.json", R"({"version":"1.0"})", "TOK_MISSING"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0)", "TOK_JSON"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0}}} x)", "TOK_JSON"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{}}})", "TOK_EMPTY"},
        Bad{"tokenizer.json", R"({"model":{"vocab":7}})", "TOK_TYPE"},
        Bad{"tokenizer.json", R"({"model":[]})", "TOK_TYPE"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":-1}}})", "TOK_ID_RANGE"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":1.5}}})", "TOK_ID_RANGE"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":2147483648}}})", "TOK_ID_RANGE"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":18446744073709551616}}})", "TOK_ID_RANGE"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0,"b":0}}})", "TOK_DUPLICATE_ID"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0,"a":1}}})", "TOK_DUPLICATE_TOKEN"},
        Bad{"tokenizer.json", "{\"model\":{\"vocab\":{\"a\":0,\"\\u0061\":1}}}", "TOK_DUPLICATE_TOKEN"},
        Bad{"tokenizer.json", "{\"model\":{\"vocab\":{\"\xFF\xFE\":0}}}", "TOK_ENCODING"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":["a b c"]}})", "TOK_MERGE_SYNTAX"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":[["a"]]}})", "TOK_MERGE_SYNTAX"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":[["a",1]]}})", "TOK_MERGE_SYNTAX"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":[["ab",""]]}})", "TOK_MERGE_CYCLE"},
        Bad{"tokenizer.json", R"({"model":{"vocab":{"a":0,"b":1},"merges":["a b","b a"]}})", "TOK_MERGES_MISMATCH"},
        Bad{"tokenizer.json", R"({"added_tokens":[{"id":0}],"model":{"vocab":{"a":0}}})", "TOK_MISSING"},
        Bad{"tokenizer.json", R"({"model":{"type":"Unigram","vocab":[["a"]]}})", "TOK_TYPE"},
        Bad{"tokenizer.json", R"({"normalizer":"NFC","model":{"vocab":{"a":0}}})", "TOK_TYPE"},
        Bad{"tokenizer.model", "version https://git-lfs.github.com/spec/v1\noid sha256:0", "TOK_LFS"},
        Bad{"tokenizer.model", "<!DOCTYPE html><html>", "TOK_FORMAT"},
        Bad{"tokenizer.model", "random text that is nothing", "TOK_FORMAT"},
        Bad{"x.tiktoken", "IQ== 0\nIg=\n", "TOK_FORMAT"}, Bad{"x.tiktoken", "IQ== 0\nI*== 1\n", "TOK_BASE64"},
        Bad{"x.tiktoken", "IQ== 0\nIg== -1\n", "TOK_ID_RANGE"},
        Bad{"x.tiktoken", "IQ== 0\nIg== 99999999999\n", "TOK_ID_RANGE"},
        Bad{"x.tiktoken", "IQ== 0\nIg== 0\n", "TOK_DUPLICATE_ID"},
        Bad{"x.tiktoken", "IQ== 0\nIQ== 1\n", "TOK_DUPLICATE_TOKEN"},
        Bad{"tekken.json", R"({"config":{"default_num_special_tokens":1},"vocab":[{"rank":0,"token_bytes":"?"}]})",
            "TOK_BASE64"},
        Bad{"tokenizer.model", "\x0A\x03\x0A\x01\x61\x0A\x04\x0A\x02\xFF\xFE", "TOK_ENCODING"},
        Bad{"tokenizer.model", "\x0A\x7F\x0A\x01", "PB_LENGTH"},
        Bad{"tokenizer.model", "\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "PB_VARINT"},
        Bad{"tokenizer.model", "\x0B\x01", "TOK_FORMAT"},
        Bad{"tokenizer.model", "\x0A\x03\x0A\x01\x61\x0B", "PB_WIRE_TYPE"},
        Bad{"tokenizer.model", "\x12\x02\x18\x01", "PB_NO_PIECES"}));

TEST(Hostile, a_hundred_megabyte_token_is_refused) {
  EXPECT_EQ(code_of("tokenizer.json", bpe("{\"" + std::string(100'000'000, 'a') + "\":0}")), "TOK_TOKEN_LENGTH");
}

TEST(Hostile, ten_million_tokens_are_refused) {
  std::string vocab = "{";
  for (int i = 0; i < 10'000'000; ++i) vocab += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(i);
  EXPECT_EQ(code_of("tokenizer.json", bpe(vocab + "}")), "TOK_TOO_MANY");
}

TEST(Hostile, a_million_brackets_are_refused_wherever_they_stand) {
  const auto deep = repeated("[", 1'000'000) + repeated("]", 1'000'000);
  for (const std::string member : {"normalizer", "unknown", "padding"})
    EXPECT_NE(code_of("tokenizer.json", "{\"" + member + "\":" + deep + ",\"model\":{\"vocab\":{\"a\":0}}}"), "ok")
        << member;
  EXPECT_NE(code_of("tokenizer.json", bpe("{\"a\":0}", deep)), "ok");
  EXPECT_NE(code_of("tokenizer.json", bpe(deep)), "ok");
}

TEST(Hostile, errors_say_where_what_was_found_and_what_to_do) {
  const auto error_of = [](const std::string& bytes) { return io::read_tokenizer({"tokenizer.json", bytes}).error(); };
  const auto id = error_of(R"({"model":{"vocab":{"a":0,"b":-3}}})");
  EXPECT_NE(id.message.find("found -3"), std::string::npos) << id.text();
  EXPECT_FALSE(id.hint.empty());
  const auto utf8 = error_of("{\"model\":{\"vocab\":{\"\xC3\xA9\":0,\"\xED\xA0\x80\":1}}}");
  EXPECT_EQ(utf8.code, "TOK_ENCODING");
  EXPECT_EQ(utf8.place, "byte 27") << utf8.text();  // after {"model":{"vocab":{", two bytes, and ":0,"
  const auto cut = error_of(R"({"model":{"vocab":{"a":0,)");
  EXPECT_EQ(cut.place, "byte 24") << cut.text();
  EXPECT_FALSE(cut.hint.empty());
}

/// A vocabulary of the 256 bytes and these tokens as tiktoken lines.
std::string byte_level(const std::vector<std::string>& tokens) {
  std::vector<std::string> all;
  for (int byte = 0; byte < 256; ++byte) all.emplace_back(1, static_cast<char>(byte));
  all.insert(all.end(), tokens.begin(), tokens.end());
  return testing::tiktoken_file(all);
}

TEST(Hostile, long_tokens_are_split_in_bounded_time) {
  // 2,000 tokens of 60,000 bytes: looking for every split would hash 7,000 GB.
  std::mt19937_64 random{1};
  std::vector<std::string> tokens;
  for (int i = 0; i < 2000; ++i) {
    tokens.emplace_back(60'000, 'a');
    for (auto& c : tokens.back()) c = static_cast<char>(random());
  }
  const auto tokenizer = io::read_tokenizer({"x.tiktoken", byte_level(tokens)});
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().text();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(io::canonical_merges(*tokenizer).empty());
  EXPECT_TRUE(io::every_split(*tokenizer, 10'000).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

// token_hash() backwards, to make tokens that collide: every step of it is a bijection of 64 bits.
std::uint64_t inverse_of(std::uint64_t odd) {
  std::uint64_t x = odd;
  for (int i = 0; i < 6; ++i) x *= 2 - odd * x;
  return x;
}
std::uint64_t unmix(std::uint64_t h) {
  const auto unshift = [](std::uint64_t v) { return v ^ v >> 33; };  // 33 >= 32: its own inverse
  h = unshift(h) * inverse_of(0xC4CEB9FE1A85EC53ull);
  return unshift(unshift(h) * inverse_of(0xFF51AFD7ED558CCDull));
}
std::uint64_t mix(std::uint64_t h) {
  h = (h ^ h >> 33) * 0xFF51AFD7ED558CCDull;
  h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53ull;
  return h ^ h >> 33;
}

TEST(Hostile, a_vocabulary_made_to_collide_is_refused_in_good_time) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ull, kStart = 0x70656469677265ull ^ 32;
  std::mt19937_64 random{1};
  std::vector<std::string> tokens;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    std::uint64_t words[2] = {random(), 0};
    words[1] = unmix(unmix(i << 30) * inverse_of(kOdd)) ^ mix(kStart ^ words[0]) * kOdd;
    tokens.emplace_back(reinterpret_cast<const char*>(words), 16);
  }
  ASSERT_EQ(io::token_hash(tokens[5]), 5ull << 30);  // else this test tests nothing
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of("x.tiktoken", byte_level(tokens)), "TOK_COLLISIONS");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Hostile, a_file_beyond_the_size_limit_is_not_read) {
  io::TokenizerLimits limits;
  limits.file_bytes = 10;
  const auto result = io::read_tokenizer({"tokenizer.json", bpe("{\"a\":0}")}, limits);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "TOK_SIZE");
}

TEST(Hostile, every_truncation_and_every_flipped_byte_of_small_files_ends_well) {
  const std::string piece = "\x0A\x0E\x0A\x03 ab\x15" + std::string("\x00\x00\x80\x3F\x18\x01", 6) + "zz";
  const std::string good[] = {bpe(R"({"a":0,"b":1,"ab":2})", R"(["a b"])"), "IQ== 0\nIg== 1\nISI= 2\n",
                              std::string("\x0A\x07\x0A\x01") + "a\x18\x01\x0A\x03", piece};
  for (const auto& file : good) {
    for (std::size_t cut = 0; cut <= file.size(); ++cut) {
      const auto result = io::read_tokenizer({"f", std::string_view{file}.substr(0, cut)});
      if (!result.ok()) {
        EXPECT_FALSE(result.error().code.empty());
      }
    }
    for (std::size_t at = 0; at < file.size(); ++at)
      for (int bit = 0; bit < 8; ++bit) {
        auto changed = file;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        const auto result = io::read_tokenizer({"f", changed});
        if (!result.ok()) {
          EXPECT_FALSE(result.error().code.empty());
        }
      }
  }
}

TEST(Hostile, damaged_signatures_are_refused) {
  std::string lines;
  for (int i = 0; i < 64; ++i)
    lines += std::string{"QUF"} + static_cast<char>('A' + i % 26) + " " + std::to_string(i) + "\n";
  std::string vocabulary;
  for (int i = 0; i < 26; ++i)
    vocabulary += std::string{"QUF"} + static_cast<char>('A' + i) + " " + std::to_string(i) + "\n";
  const auto made = io::make_signature({"v.tiktoken", vocabulary}, {"v", "V", ""});
  ASSERT_FALSE(io::make_signature({"v.tiktoken", lines}, {"v", "V", ""}).ok());  // repeats a token
  ASSERT_TRUE(made.ok()) << made.error().text();
  ASSERT_TRUE(io::read_signature({"v.sig", *made}).ok());
  EXPECT_FALSE(io::read_signature({"v.sig", ""}).ok());
  EXPECT_FALSE(io::read_signature({"v.sig", "PDGSIG1\n\xFF\xFF\xFF\xFF"}).ok());
  for (std::size_t cut = 0; cut < made->size(); ++cut)
    EXPECT_FALSE(io::read_signature({"v.sig", std::string_view{*made}.substr(0, cut)}).ok()) << cut;
}

}  // namespace
}  // namespace pedigree::tokenizer
