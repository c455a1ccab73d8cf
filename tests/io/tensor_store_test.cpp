// SPDX-License-Identifier: MIT
#include "pedigree/io/tensor_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "pedigree/io/byte_source.hpp"
#include "pedigree/io/digest.hpp"
#include "tests/support/open_store.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::io {
namespace {
using namespace std::string_literals;
using pedigree::testing::bf16_tensor;
using pedigree::testing::f32_tensor;
using pedigree::testing::GgufWriter;
using pedigree::testing::OpenFolder;
using pedigree::testing::safetensors_file;
using pedigree::testing::TemporaryFolder;
using ::testing::ElementsAre;

const std::vector<float> kOne = {1, 2, 3, 4};
const std::vector<float> kTwo = {5, 6};

std::string shard(const std::vector<pedigree::testing::StoredTensor>& tensors) { return safetensors_file(tensors); }
std::vector<std::string> names(const TensorStore& store) {
  std::vector<std::string> out;
  for (const auto& t : store.tensors()) out.push_back(t.name);
  return out;
}
std::vector<std::string> codes(const TensorStore& store) {
  std::vector<std::string> out;
  for (const auto& n : store.notices()) out.push_back(n.code);
  return out;
}
std::vector<float> values(const TensorStore& store, std::string_view name) {
  const auto* tensor = store.find(name);
  if (tensor == nullptr) return {};
  std::vector<float> out(tensor->elements);
  EXPECT_TRUE(store.read_floats(*tensor, 0, out).ok());
  return out;
}
std::string index_of(const std::string& map) {
  return "{\"metadata\":{\"total_size\":24},\"weight_map\":{" + map + "}}";
}

TEST(TensorStore, reads_one_file) {
  TemporaryFolder folder;
  folder.write("model.safetensors", shard({f32_tensor("a", {2, 2}, kOne), bf16_tensor("b", {2}, kTwo)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok()) << store.error().text();
  EXPECT_EQ(values(*store, "a"), kOne);
  EXPECT_EQ(values(*store, "b"), kTwo);
  EXPECT_EQ(store->total_bytes(), 20u);
  EXPECT_EQ(store->find("c"), nullptr);
  EXPECT_TRUE(store->notices().empty());
  EXPECT_FALSE(store->partial());
}

TEST(TensorStore, follows_the_index_whatever_the_shards_are_called) {
  TemporaryFolder folder;
  folder.write("model.safetensors.index.json",
               index_of(R"("a":"model_00002-of-00072.safetensors","b":"odd name.safetensors")"));
  folder.write("model_00002-of-00072.safetensors", shard({f32_tensor("a", {4}, kOne)}));
  folder.write("odd name.safetensors", shard({f32_tensor("b", {2}, kTwo)}));
  folder.write("consolidated.safetensors", shard({f32_tensor("a", {4}, kOne)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(names(*store), ElementsAre("a", "b"));
  EXPECT_EQ(values(*store, "b"), kTwo);
  EXPECT_THAT(codes(*store), ElementsAre("INDEX_UNLISTED_FILE"));
  EXPECT_FALSE(store->partial());
}

TEST(TensorStore, analyses_the_other_shards_when_one_is_missing) {
  TemporaryFolder folder;
  folder.write("model.safetensors.index.json", index_of(R"("a":"1.safetensors","b":"2.safetensors")"));
  folder.write("1.safetensors", shard({f32_tensor("a", {4}, kOne)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(names(*store), ElementsAre("a"));
  EXPECT_THAT(codes(*store), ElementsAre("INDEX_MISSING_SHARD"));
  EXPECT_TRUE(store->partial());
}

TEST(TensorStore, analyses_the_other_shards_when_one_is_cut_off) {
  TemporaryFolder folder;
  folder.write("model.safetensors.index.json", index_of(R"("a":"1.safetensors","b":"2.safetensors")"));
  folder.write("1.safetensors", shard({f32_tensor("a", {4}, kOne)}));
  const auto whole = shard({f32_tensor("b", {2}, kTwo)});
  folder.write("2.safetensors", whole.substr(0, whole.size() - 3));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(names(*store), ElementsAre("a"));
  EXPECT_THAT(codes(*store), ElementsAre("ST_TRUNCATED"));
  EXPECT_TRUE(store->partial());
}

TEST(TensorStore, reports_shards_of_another_model_and_tensors_stored_twice) {
  TemporaryFolder folder;
  folder.write("model.safetensors.index.json", index_of(R"("a":"1.safetensors","b":"2.safetensors")"));
  folder.write("1.safetensors", shard({f32_tensor("a", {4}, kOne), f32_tensor("b", {2}, kTwo)}));
  folder.write("2.safetensors", shard({f32_tensor("c", {2}, kTwo)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(names(*store), ElementsAre("a", "c"));  // b stands where the index does not want it
  EXPECT_THAT(codes(*store), ElementsAre("INDEX_DUPLICATE_TENSOR", "INDEX_UNLISTED_TENSOR", "INDEX_MISMATCH"));
  EXPECT_TRUE(store->partial());
}

TEST(TensorStore, says_when_total_size_is_wrong_and_goes_on) {
  TemporaryFolder folder;
  folder.write("model.safetensors.index.json", R"({"metadata":{"total_size":99},"weight_map":{"a":"1.safetensors"}})");
  folder.write("1.safetensors", shard({f32_tensor("a", {4}, kOne)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(codes(*store), ElementsAre("INDEX_TOTAL_SIZE"));
  EXPECT_FALSE(store->partial());
}

TEST(TensorStore, falls_back_to_the_files_when_the_index_is_broken) {
  TemporaryFolder folder;
  folder.write("model.safetensors.index.json", R"({"weight_map":{"a":"../1.safetensors"}})");
  folder.write("1.safetensors", shard({f32_tensor("a", {4}, kOne)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(codes(*store), ElementsAre("INDEX_PATH"));
  EXPECT_THAT(names(*store), ElementsAre("a"));
}

TEST(TensorStore, does_not_count_a_second_copy) {
  TemporaryFolder folder;
  folder.write("model.safetensors", shard({f32_tensor("a", {4}, kOne)}));
  folder.write("original/model.safetensors", shard({f32_tensor("a", {4}, kOne)}));
  folder.write("vision/model.safetensors", shard({f32_tensor("v", {2}, kTwo)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(names(*store), ElementsAre("a", "v"));
  EXPECT_THAT(codes(*store), ElementsAre("STORE_SECOND_COPY"));
}

TEST(TensorStore, reads_gguf_and_undoes_its_order_of_dimensions) {
  TemporaryFolder folder;
  std::string data;
  for (float v : kOne) data += pedigree::testing::raw(v);
  folder.write(
      "model.gguf",
      GgufWriter{}.string("general.architecture", "llama").tensor("token_embd.weight", 0, {2, 2}, data).bytes());
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok()) << store.error().text();
  EXPECT_TRUE(store->is_gguf());
  EXPECT_EQ(store->gguf_architecture(), "llama");
  EXPECT_EQ(values(*store, "token_embd.weight"), kOne);
}

TEST(TensorStore, joins_split_gguf_files_and_misses_the_absent_part) {
  TemporaryFolder folder;
  const auto part = [](std::string_view tensor, std::uint16_t number) {
    return GgufWriter{}
        .entry("split.no", 2, pedigree::testing::raw(number))
        .entry("split.count", 2, pedigree::testing::raw(std::uint16_t{3}))
        .tensor(tensor, 0, {1}, std::string(4, 'x'))
        .bytes();
  };
  folder.write("m-00001-of-00003.gguf", part("a", 0));
  folder.write("m-00002-of-00003.gguf", part("b", 1));
  folder.write("mmproj.gguf", GgufWriter{}.tensor("v.patch_embd.weight", 0, {1}, std::string(4, 'x')).bytes());
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(names(*store), ElementsAre("a", "b", "v.patch_embd.weight"));
  EXPECT_THAT(codes(*store), ElementsAre("GGUF_MISSING_SPLIT"));
  EXPECT_TRUE(store->partial());
}

TEST(TensorStore, takes_the_larger_of_two_gguf_precisions_and_prefers_safetensors_to_both) {
  TemporaryFolder folder;
  folder.write("f16.gguf", GgufWriter{}.tensor("a", 1, {32}, std::string(64, '\0')).bytes());
  folder.write("q8.gguf", GgufWriter{}.tensor("a", 8, {32}, std::string(34, '\0')).bytes());
  {
    OpenFolder files{folder.path()};
    const auto store = files.store();
    ASSERT_TRUE(store.ok());
    EXPECT_EQ(store->tensors()[0].dtype, Dtype::kF16);
    EXPECT_THAT(codes(*store), ElementsAre("STORE_SECOND_COPY"));
  }
  folder.write("model.safetensors", shard({f32_tensor("b", {4}, kOne)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_FALSE(store->is_gguf());
  EXPECT_THAT(names(*store), ElementsAre("b"));
}

TEST(TensorStore, names_why_there_are_no_weights) {
  const auto code_with = [](const std::string& name, const std::string& bytes) {
    TemporaryFolder folder;
    folder.write(name, bytes);
    OpenFolder files{folder.path()};
    const auto store = files.store();
    return store ? "opened" : store.error().code;
  };
  EXPECT_EQ(code_with("config.json", "{}"), "STORE_NO_WEIGHTS");
  EXPECT_EQ(code_with("pytorch_model.bin", "PK\x03\x04"s + std::string(64, '\0')), "UNSUPPORTED_PICKLE");
  EXPECT_EQ(code_with("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
            "LFS_POINTER");
  EXPECT_EQ(code_with("model.safetensors", "<html><body>401</body></html>"), "HTML_PAGE");
  EXPECT_EQ(code_with("model.safetensors", "abc"), "ST_TOO_SMALL");
  EXPECT_EQ(code_with("model.gguf", "GGUF"), "GGUF_TOO_SMALL");
  EXPECT_EQ(code_with("vocab.gguf", GgufWriter{}.u32("a", 1).bytes()), "GGUF_NO_TENSORS");
}

TEST(TensorStore, never_calls_a_pickle_safe) {
  TemporaryFolder folder;
  folder.write("pytorch_model.bin", "PK\x03\x04"s + std::string(64, '\0'));
  OpenFolder files{folder.path()};
  const auto text = files.store().error().text();
  EXPECT_EQ(text.find(" safe "), std::string::npos) << text;
  EXPECT_NE(text.find("never opened"), std::string::npos) << text;
}

TEST(TensorStore, a_file_that_shrinks_is_an_error_and_not_a_signal) {
  TemporaryFolder folder;
  const std::vector<float> many(100000, 1.0f);
  const auto path = folder.write("model.safetensors", shard({f32_tensor("a", {100000}, many)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE(store->unchanged().ok());
  std::filesystem::resize_file(path, 1000);
  std::vector<float> out(100000);
  const auto read = store->read_floats(store->tensors()[0], 0, out);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, "READ_CHANGED");
  EXPECT_EQ(store->unchanged().error().code, "READ_CHANGED");
}

TEST(TensorStore, opens_a_sparse_file_of_two_terabytes_without_reading_it) {
  TemporaryFolder folder;
  constexpr std::uint64_t kBytes = std::uint64_t{1} << 41;
  const std::string header = R"({"a":{"dtype":"U8","shape":[)" + std::to_string(kBytes) + R"(],"data_offsets":[0,)" +
                             std::to_string(kBytes) + "]}}";
  const auto path = folder.write("model.safetensors", pedigree::testing::safetensors_raw(header, ""));
  std::error_code error;
  std::filesystem::resize_file(path, 8 + header.size() + kBytes, error);
  if (error) GTEST_SKIP() << "the file system holds no such file: " << error.message();
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok()) << store.error().text();
  std::vector<float> out(3, -1.0f);
  EXPECT_TRUE(store->read_floats(store->tensors()[0], kBytes - 3, out).ok());
  EXPECT_THAT(out, ElementsAre(0, 0, 0));
}

TEST(TensorStore, refuses_a_header_beyond_the_limit_in_a_sparse_file_without_reading_it) {
  TemporaryFolder folder;
  const auto path = folder.write("model.safetensors", pedigree::testing::raw(std::uint64_t{100'000'001}) + "{");
  std::filesystem::resize_file(path, 200'000'000);
  OpenFolder files{folder.path()};
  EXPECT_EQ(files.store().error().code, "ST_HEADER_TOO_LARGE");
}

TEST(TensorStore, refuses_reads_outside_a_tensor_or_inside_a_block) {
  TemporaryFolder folder;
  folder.write("model.gguf", GgufWriter{}.tensor("a", 8, {64}, std::string(68, '\0')).bytes());
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  const auto& tensor = store->tensors()[0];
  std::vector<float> block(32), half(16), three(96);
  EXPECT_TRUE(store->read_floats(tensor, 32, block).ok());
  EXPECT_EQ(store->read_floats(tensor, 16, block).error().code, "READ_RANGE");
  EXPECT_EQ(store->read_floats(tensor, 0, half).error().code, "READ_RANGE");
  EXPECT_EQ(store->read_floats(tensor, 0, three).error().code, "READ_RANGE");
  EXPECT_EQ(store->read_floats(tensor, UINT64_MAX - 31, block).error().code, "READ_RANGE");
  std::vector<std::byte> bytes(69);
  EXPECT_EQ(store->read_bytes(tensor, 0, bytes).error().code, "READ_RANGE");
}

TEST(TensorStore, hashes_what_it_cannot_compare) {
  TemporaryFolder folder;
  folder.write("model.safetensors", pedigree::testing::safetensors_raw(
                                        R"({"a":{"dtype":"F8_E3M4","shape":[3],"data_offsets":[0,3]}})", "abc"));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  std::vector<float> out(3);
  EXPECT_EQ(store->read_floats(store->tensors()[0], 0, out).error().code, "DTYPE_OPAQUE");
  // SHA-256 of "abc" is the first example of FIPS 180-2.
  EXPECT_EQ(hex(*sha256_of_tensor(*store, store->tensors()[0])),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(TensorStore, keeps_nan_and_infinity_and_reads_nothing_from_empty_tensors) {
  TemporaryFolder folder;
  const std::vector<float> odd = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()};
  folder.write("model.safetensors", shard({f32_tensor("odd", {2}, odd),
                                           {"none", "F32", {0, 7}, ""},
                                           f32_tensor("scalar", {}, std::span{kOne}.first(1))}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE(std::isnan(values(*store, "odd")[0]));
  EXPECT_TRUE(std::isinf(values(*store, "odd")[1]));
  EXPECT_TRUE(values(*store, "none").empty());
  EXPECT_EQ(store->find("none")->rows(), 0u);
  EXPECT_EQ(store->find("none")->columns(), 0u);
  EXPECT_THAT(values(*store, "scalar"), ElementsAre(1.0f));
}

TEST(TensorStore, reads_large_tensors_in_parts_as_in_one) {
  TemporaryFolder folder;
  std::vector<float> many(700001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i % 251);
  folder.write("model.safetensors", shard({bf16_tensor("a", {700001}, many)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(values(*store, "a"), many);
  std::vector<float> tail(3);
  ASSERT_TRUE(store->read_floats(store->tensors()[0], 699998, tail).ok());
  EXPECT_THAT(tail, ElementsAre(many[699998], many[699999], many[700000]));
}

TEST(ByteSource, refuses_what_is_no_regular_file) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(ByteSource::open("pipe", ends[0]).error().code, "READ_NOT_A_FILE");
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(ByteSource::open("closed", ends[0]).error().code, "READ_FAILED");
}

TEST(ByteSource, reads_memory_within_its_bounds) {
  const std::string text = "abcdef";
  const ByteSource source{"m", std::as_bytes(std::span{text})};
  std::string out(3, '\0');
  EXPECT_TRUE(source.read(3, std::as_writable_bytes(std::span{out})).ok());
  EXPECT_EQ(out, "def");
  EXPECT_EQ(source.read(4, std::as_writable_bytes(std::span{out})).error().code, "READ_RANGE");
  EXPECT_EQ(source.read(UINT64_MAX, std::as_writable_bytes(std::span{out})).error().code, "READ_RANGE");
}

}  // namespace
}  // namespace pedigree::io
