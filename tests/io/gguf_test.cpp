// SPDX-License-Identifier: MIT
#include "pedigree/io/gguf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/support/shared_data.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::io {
namespace {
using namespace std::string_literals;
using pedigree::testing::GgufWriter;
using pedigree::testing::raw;
using ::testing::ElementsAre;

Result<GgufFile> open(const std::string& bytes) {
  return GgufFile::open(ByteSource{"model.gguf", std::as_bytes(std::span{bytes})});
}
std::string code_of(const std::string& bytes) {
  const auto file = open(bytes);
  return file ? "accepted" : file.error().code;
}
std::string code_of(const GgufWriter& writer) { return code_of(writer.bytes()); }

constexpr std::uint32_t kF32 = 0, kQ8_0 = 8, kF64 = 28;

TEST(Gguf, reads_typed_metadata_and_never_the_wrong_type) {
  GgufWriter writer;
  writer.string("general.architecture", "llama").u32("llama.block_count", 32).f32("llama.rope.freq_base", 5e5f);
  writer.entry("flag", 7, raw(std::uint8_t{1}))
      .entry("huge", 10, raw(UINT64_MAX))
      .entry("minus", 1, raw(std::int8_t{-3}));
  writer.f32("not", std::numeric_limits<float>::quiet_NaN());
  writer.strings("tokenizer.ggml.tokens", {"a", "", "c"}).array<float>("tokenizer.ggml.scores", 6, {0.5f, -1.0f});
  writer.array<std::int32_t>("tokenizer.ggml.token_type", 5, {1, -2});
  const auto file = open(writer.bytes());
  ASSERT_TRUE(file.ok()) << file.error().text();
  EXPECT_EQ(file->architecture(), "llama");
  EXPECT_EQ(file->architecture_integer("block_count"), 32);
  EXPECT_EQ(file->architecture_number("rope.freq_base"), 5e5);
  EXPECT_EQ(file->boolean("flag"), true);
  EXPECT_EQ(file->integer("flag"), std::nullopt);
  EXPECT_EQ(file->integer("huge"), std::nullopt);
  EXPECT_EQ(file->integer("minus"), -3);
  EXPECT_EQ(file->number("not"), std::nullopt);
  EXPECT_EQ(file->text("llama.block_count"), std::nullopt);
  EXPECT_THAT(file->texts("tokenizer.ggml.tokens").value(), ElementsAre("a", "", "c"));
  EXPECT_THAT(file->numbers("tokenizer.ggml.scores").value(), ElementsAre(0.5, -1.0));
  EXPECT_THAT(file->integers("tokenizer.ggml.token_type").value(), ElementsAre(1, -2));
}

TEST(Gguf, refuses_an_array_of_another_type_instead_of_reading_it) {
  GgufWriter writer;
  writer.array<std::int8_t>("tokenizer.ggml.scores", 1, {1, 2, 3}).strings("tokens", {"a"}).u32("single", 1);
  const auto file = open(writer.bytes());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->texts("tokenizer.ggml.scores").error().code, "GGUF_ARRAY_TYPE");
  EXPECT_EQ(file->numbers("tokens").error().code, "GGUF_ARRAY_TYPE");
  EXPECT_EQ(file->integers("single").error().code, "GGUF_ARRAY_TYPE");
  EXPECT_EQ(file->integers("absent").error().code, "GGUF_NO_KEY");
}

TEST(Gguf, turns_the_order_of_dimensions_round_and_places_tensors_in_the_file) {
  GgufWriter writer;
  writer.tensor("a", kF32, {4, 3}, std::string(48, 'a')).tensor("b", kF32, {2}, std::string(8, 'b'));
  const auto bytes = writer.bytes();
  const auto file = open(bytes);
  ASSERT_TRUE(file.ok()) << file.error().text();
  ASSERT_EQ(file->tensors().size(), 2u);
  EXPECT_THAT(file->tensors()[0].shape, ElementsAre(3, 4));
  EXPECT_EQ(bytes.substr(file->tensors()[0].offset, 48), std::string(48, 'a'));
  EXPECT_EQ(bytes.substr(file->tensors()[1].offset, 8), std::string(8, 'b'));
}

TEST(Gguf, refuses_bad_magic_and_versions) {
  EXPECT_EQ(code_of(""s), "GGUF_TOO_SMALL");
  EXPECT_EQ(code_of("GGU"s), "GGUF_TOO_SMALL");
  EXPECT_EQ(code_of("GGUF\3\0\0\0"s), "GGUF_TOO_SMALL");
  EXPECT_EQ(code_of("GGML"s + std::string(40, '\0')), "GGUF_MAGIC");
  EXPECT_EQ(code_of("version https://git-lfs.github.com/spec/v1\n"s), "LFS_POINTER");
  for (auto [version, code] : {std::pair{0u, "GGUF_VERSION"},
                               {1u, "GGUF_VERSION"},
                               {2u, "accepted"},
                               {3u, "accepted"},
                               {4u, "GGUF_VERSION"},
                               {0x03000000u, "GGUF_BIG_ENDIAN"}}) {
    GgufWriter writer;
    writer.version = version;
    EXPECT_EQ(code_of(writer), code) << version;
  }
}

TEST(Gguf, refuses_counts_and_lengths_before_allocating_for_them) {
  for (auto count : {UINT64_MAX, UINT64_MAX - 1, std::uint64_t{1} << 62, std::uint64_t{1} << 32}) {
    GgufWriter entries, tensors;
    entries.claimed_entries = count == UINT64_MAX ? count - 2 : count;  // UINT64_MAX means the truth to the writer
    tensors.claimed_tensors = entries.claimed_entries;
    EXPECT_EQ(code_of(entries), "GGUF_COUNT");
    EXPECT_EQ(code_of(tensors), "GGUF_COUNT");
  }
  const auto with_string = [](std::uint64_t size) {
    GgufWriter writer;
    return writer.entry("key", 8, raw(size) + "abc").bytes();
  };
  EXPECT_EQ(code_of(with_string(std::uint64_t{1} << 63)), "GGUF_LEN");
  EXPECT_EQ(code_of(with_string(UINT64_MAX)), "GGUF_LEN");
  const auto with_array = [](std::uint32_t element, std::uint64_t count) {
    GgufWriter writer;
    return writer.entry("key", 9, raw(element) + raw(count) + std::string(64, '\0')).bytes();
  };
  EXPECT_EQ(code_of(with_array(8, std::uint64_t{1} << 30)), "GGUF_COUNT");
  EXPECT_EQ(code_of(with_array(4, UINT64_MAX)), "GGUF_COUNT");
  EXPECT_EQ(code_of(with_array(10, std::uint64_t{1} << 61)), "GGUF_COUNT");
  GgufWriter long_key;
  long_key.entry(std::string(65536, 'k'), 4, raw(1u));
  EXPECT_EQ(code_of(long_key), "GGUF_LEN");
}

TEST(Gguf, refuses_bad_keys_types_and_booleans) {
  EXPECT_EQ(code_of(GgufWriter{}.u32("", 1)), "GGUF_KEY");
  EXPECT_EQ(code_of(GgufWriter{}.u32("k", 1).u32("k", 1)), "GGUF_DUPLICATE_KEY");
  EXPECT_EQ(code_of(GgufWriter{}.entry("k", 13, raw(1u))), "GGUF_TYPE");
  EXPECT_EQ(code_of(GgufWriter{}.entry("k", 9, raw(99u) + raw(std::uint64_t{1}) + "x")), "GGUF_TYPE");
  EXPECT_EQ(code_of(GgufWriter{}.entry("k", 9, raw(9u) + raw(std::uint64_t{0}))), "GGUF_NESTED_ARRAY");
  EXPECT_EQ(code_of(GgufWriter{}.entry("k", 7, raw(std::uint8_t{2}))), "GGUF_BOOL");
  EXPECT_EQ(code_of(GgufWriter{}.array<std::uint8_t>("k", 7, {0, 1, 3})), "GGUF_BOOL");
}

TEST(Gguf, refuses_alignments_that_are_no_sane_power_of_two) {
  for (auto value : {0u, 13u, 1u << 21, 1u << 31})
    EXPECT_EQ(code_of(GgufWriter{}.u32("general.alignment", value)), "GGUF_ALIGN") << value;
  EXPECT_EQ(code_of(GgufWriter{}.string("general.alignment", "32")), "GGUF_ALIGN");
  GgufWriter wide;
  wide.alignment = 64;
  wide.u32("general.alignment", 64).tensor("a", kF32, {1}, "aaaa").tensor("b", kF32, {1}, "bbbb");
  EXPECT_EQ(code_of(wide), "accepted");
  GgufWriter inconsistent;  // laid out for 32, says 64
  inconsistent.u32("general.alignment", 64).tensor("a", kF32, {1}, "aaaa").tensor("b", kF32, {1}, "bbbb");
  EXPECT_EQ(code_of(inconsistent), "GGUF_OFFSET");
}

TEST(Gguf, refuses_bad_tensor_descriptions) {
  const std::string four(4, 'x');
  EXPECT_EQ(code_of(GgufWriter{}.tensor("", kF32, {1}, four)), "GGUF_TENSOR_NAME");
  EXPECT_EQ(code_of(GgufWriter{}.tensor(std::string(64, 'n'), kF32, {1}, four)), "GGUF_TENSOR_NAME");
  EXPECT_EQ(code_of(GgufWriter{}.tensor(std::string(63, 'n'), kF32, {1}, four)), "accepted");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kF32, {1}, four).tensor("a", kF32, {1}, four)), "GGUF_DUPLICATE_TENSOR");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kF32, {1, 1, 1, 1, 1}, four)), "GGUF_DIMS");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kF32, {UINT64_MAX}, four)), "GGUF_DIMS");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kF32, {std::uint64_t{1} << 32, std::uint64_t{1} << 32}, four)),
            "GGUF_OVERFLOW");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kF32, {(std::uint64_t{1} << 62) - 1}, four)), "GGUF_OVERFLOW");
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;  // two tensors of 2^63 bytes: the running sum wraps
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kF64, {kHalf / 8}, four, 0).tensor("b", kF64, {kHalf / 8}, four, kHalf)),
            "GGUF_OVERFLOW");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kQ8_0, {31}, four)), "GGUF_BLOCK");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kF32, {1}, four, 32)), "GGUF_OFFSET");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", kF32, {1}, four).tensor("b", kF32, {1}, four, 0)), "GGUF_OFFSET");
  for (auto removed : {4u, 5u, 31u, 32u, 33u, 36u, 37u, 38u}) {
    const auto file = open(GgufWriter{}.tensor("a", removed, {256}, four).bytes());
    ASSERT_FALSE(file.ok());
    EXPECT_EQ(file.error().code, "GGUF_TENSOR_TYPE");
    EXPECT_THAT(file.error().message, ::testing::HasSubstr("removed"));
  }
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", 43, {256}, four)), "GGUF_TENSOR_TYPE");
  EXPECT_EQ(code_of(GgufWriter{}.tensor("a", UINT32_MAX, {256}, four)), "GGUF_TENSOR_TYPE");
}

TEST(Gguf, sizes_every_block_type_as_its_struct) {
  // (type, elements, bytes) of the blocks, from the structs of ggml-common.h.
  const std::tuple<std::uint32_t, std::uint64_t, std::size_t> types[] = {
      {0, 1, 4},      {1, 1, 2},     {2, 32, 18},    {3, 32, 20},    {6, 32, 22},    {7, 32, 24},    {8, 32, 34},
      {9, 32, 36},    {10, 256, 84}, {11, 256, 110}, {12, 256, 144}, {13, 256, 176}, {14, 256, 210}, {15, 256, 292},
      {16, 256, 66},  {17, 256, 74}, {18, 256, 98},  {19, 256, 50},  {20, 32, 18},   {21, 256, 110}, {22, 256, 82},
      {23, 256, 136}, {24, 1, 1},    {25, 1, 2},     {26, 1, 4},     {27, 1, 8},     {28, 1, 8},     {29, 256, 56},
      {30, 1, 2},     {34, 256, 54}, {35, 256, 66},  {39, 32, 17},   {40, 64, 36},   {41, 128, 18},  {42, 64, 18}};
  for (const auto& [type, elements, bytes] : types) {
    const auto file = open(GgufWriter{}.tensor("a", type, {elements, 3}, std::string(3 * bytes, '\0')).bytes());
    ASSERT_TRUE(file.ok()) << type << file.error().text();
    EXPECT_EQ(file->tensors()[0].bytes, 3 * bytes) << type;
    EXPECT_FALSE(file->data_truncated()) << type;
  }
}

TEST(Gguf, keeps_the_metadata_of_a_file_whose_data_are_cut_off) {
  GgufWriter writer;
  writer.u32("k", 7).tensor("a", kF32, {64}, std::string(256, 'a'));
  const auto bytes = writer.bytes();
  const auto file = open(bytes.substr(0, bytes.size() - 1));
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->data_truncated());
  EXPECT_EQ(file->integer("k"), 7);
}

TEST(Gguf, survives_every_truncation_and_every_flipped_bit_of_a_small_file) {
  GgufWriter writer;
  writer.string("general.architecture", "llama")
      .strings("t", {"a", "bc"})
      .tensor("w", kF32, {2, 2}, std::string(16, 'x'));
  const std::string good = writer.bytes();
  ASSERT_EQ(code_of(good), "accepted");
  for (std::size_t size = 0; size < good.size() - 16; ++size) {  // sixteen bytes of data, then padding
    const auto file = open(good.substr(0, size));
    EXPECT_TRUE(!file.ok() || file->data_truncated()) << size;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      const auto file = open(bad);
      if (file.ok()) {
        EXPECT_LE(file->tensors().size(), 1u);
        static_cast<void>(file->texts("t").ok());
      } else {
        EXPECT_FALSE(file.error().code.empty());
      }
    }
  }
}

TEST(Gguf, reads_the_vocabularies_llama_cpp_ships) {
  PEDIGREE_NEEDS_SHARED(folder, pedigree::testing::unpacked_folder());
  const auto path = folder / "tokenizers/openai-gpt2__gguf/ggml-vocab-gpt-2.gguf";
  std::FILE* in = std::fopen(path.c_str(), "rb");
  ASSERT_NE(in, nullptr);
  const auto source = ByteSource::open("gpt2", ::fileno(in));
  ASSERT_TRUE(source.ok());
  const auto file = GgufFile::open(*source);
  std::fclose(in);
  ASSERT_TRUE(file.ok()) << file.error().text();
  EXPECT_EQ(file->architecture(), "gpt2");
  EXPECT_EQ(file->texts("tokenizer.ggml.tokens")->size(), 50257u);  // GPT-2's published vocabulary
  EXPECT_EQ(file->texts("tokenizer.ggml.merges")->size(), 50000u);
  EXPECT_EQ(file->texts("tokenizer.ggml.tokens")->back(), "<|endoftext|>");
}

}  // namespace
}  // namespace pedigree::io
