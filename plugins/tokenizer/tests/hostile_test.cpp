// SPDX-License-Identifier: MIT
// Files made to hurt: each ends in its own clear error, quickly and without much memory.
#include <gtest/gtest.h>

#include "pedigree/io/tokenizer_signature.hpp"
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
