// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "plugins/tokenizer/analyzers/embedding_link.hpp"
#include "plugins/tokenizer/embedding/rows.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::tokenizer {
namespace {
using ::pedigree::testing::Model;
using ::pedigree::testing::run_analyzer;

constexpr std::size_t kColumns = 32;

/// Rows of normal values; row r has the standard deviation sigma(r).
template <class Sigma>
std::vector<float> matrix(std::size_t rows, Sigma sigma) {
  std::mt19937_64 random{7};
  std::normal_distribution<float> normal;
  std::vector<float> out(rows * kColumns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < kColumns; ++k) out[r * kColumns + k] = normal(random) * static_cast<float>(sigma(r));
  return out;
}

RowPass pass_over(const std::vector<float>& values) {
  return [&values](const RowVisitor& visit) {
    for (std::size_t r = 0; r * kColumns < values.size(); ++r)
      visit(r, std::span{values}.subspan(r * kColumns, kColumns));
    return true;
  };
}

TEST(EmbeddingRows, zeros_and_repeats_were_never_trained) {
  auto values = matrix(100, [](std::size_t) { return 1.0; });
  std::fill_n(values.begin() + 10 * kColumns, kColumns, 0.0F);
  std::copy_n(values.begin() + 20 * kColumns, kColumns, values.begin() + 30 * kColumns);
  const auto rows = find_untrained(100, kColumns, pass_over(values), {});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->zero, 1u);
  EXPECT_EQ(rows->repeated, 1u);
  EXPECT_TRUE(rows->never_trained[10]);
  EXPECT_TRUE(rows->never_trained[30]);
  EXPECT_EQ(std::count(rows->never_trained.begin(), rows->never_trained.end(), true), 2);
}

TEST(EmbeddingRows, rows_like_the_unused_ones_were_never_trained_either) {
  // Rows 900 and up are padding at the initial scale 0.02; rows 100..109 have tokens that never occurred; the others
  // grew to 1.
  const auto values = matrix(1000, [](std::size_t r) { return r >= 900 || (r >= 100 && r < 110) ? 0.02 : 1.0; });
  std::vector<std::size_t> unused;
  for (std::size_t r = 900; r < 1000; ++r) unused.push_back(r);
  const auto rows = find_untrained(1000, kColumns, pass_over(values), unused);
  ASSERT_TRUE(rows);
  // The reach is a tenth beyond the 99th percentile of the unused rows: the ten lie within, rows at 1 are 50 times
  // farther.
  EXPECT_EQ(rows->near_unused, 10u);
  EXPECT_EQ(std::count(rows->never_trained.begin(), rows->never_trained.end(), true), 110);
}

TEST(EmbeddingRows, a_jump_of_the_norms_is_found_where_it_is) {
  const auto values = matrix(4000, [](std::size_t r) { return r < 3000 ? 1.0 : 0.5; });
  const auto rows = find_untrained(4000, kColumns, pass_over(values), {});
  const auto boundary = find_boundary(*rows);
  ASSERT_TRUE(boundary);
  EXPECT_NEAR(static_cast<double>(boundary->row), 3000, 3);
  EXPECT_GT(boundary->effect, 3);
}

TEST(EmbeddingRows, a_slow_drift_is_no_boundary) {
  const auto values = matrix(4000, [](std::size_t r) { return 1.0 - 0.5 * static_cast<double>(r) / 4000; });
  const auto rows = find_untrained(4000, kColumns, pass_over(values), {});
  EXPECT_FALSE(find_boundary(*rows));
}

TEST(EmbeddingRows, values_that_are_not_finite_are_counted_and_left_out) {
  auto values = matrix(600, [](std::size_t) { return 1.0; });
  values[5 * kColumns] = std::numeric_limits<float>::quiet_NaN();
  const auto rows = find_untrained(600, kColumns, pass_over(values), {});
  EXPECT_EQ(rows->broken, 1u);
  EXPECT_EQ(rows->norm[5], 0.0);
}

std::string safetensors(const std::vector<float>& values, std::size_t rows) {
  const std::string header = R"({"model.embed_tokens.weight":{"dtype":"F32","shape":[)" + std::to_string(rows) + "," +
                             std::to_string(kColumns) + R"(],"data_offsets":[0,)" + std::to_string(values.size() * 4) +
                             "]}}";
  std::string out(8, '\0');
  for (int i = 0; i < 8; ++i) out[static_cast<std::size_t>(i)] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
  out += header;
  const auto at = out.size();
  out.resize(at + values.size() * 4);
  std::memcpy(out.data() + at, values.data(), values.size() * 4);
  return out;
}

TEST(EmbeddingLink, tells_untrained_rows_of_a_model_from_trained_ones) {
  std::string vocab;
  for (int i = 0; i < 900; ++i) vocab += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + "\":" + std::to_string(i);
  const auto values = matrix(1000, [](std::size_t r) { return r >= 900 ? 0.02 : 1.0; });
  const Model subject{"m",
                      {},
                      {{"tokenizer", "tokenizer.json", R"({"model":{"type":"WordLevel","vocab":{)" + vocab + "}}}"},
                       {"weights", "model.safetensors", safetensors(values, 1000)}}};
  const auto result = run_analyzer<EmbeddingLinkAnalyzer>({subject});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  const auto* untrained = result.find("tokenizer.untrained-rows");
  ASSERT_NE(untrained, nullptr);
  EXPECT_DOUBLE_EQ(untrained->value, 0.1);  // 100 rows without a token of 1,000
  EXPECT_EQ(untrained->log10_lr, 0);
  EXPECT_EQ(untrained->component, component::kEmbedding);
  EXPECT_EQ(result.find("tokenizer.added-boundary")->summary_key, "tokenizer.added-boundary.none");
}

TEST(EmbeddingLink, abstains_without_tensors_or_without_a_tokenizer) {
  const Model no_tensors{
      "m", {}, {{"tokenizer", "tokenizer.json", R"({"model":{"type":"WordLevel","vocab":{"a":0}}})"}}};
  EXPECT_EQ(run_analyzer<EmbeddingLinkAnalyzer>({no_tensors}).status, PEDIGREE_NOT_APPLICABLE);
  const Model no_tokenizer{
      "m", {}, {{"weights", "model.safetensors", safetensors(matrix(4, [](std::size_t) { return 1.0; }), 4)}}};
  EXPECT_EQ(run_analyzer<EmbeddingLinkAnalyzer>({no_tokenizer}).status, PEDIGREE_NOT_APPLICABLE);
}

}  // namespace
}  // namespace pedigree::tokenizer
