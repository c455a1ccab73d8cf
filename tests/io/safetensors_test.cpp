// SPDX-License-Identifier: MIT
#include "pedigree/io/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/tensor_files.hpp"

namespace pedigree::io {
namespace {
using namespace std::string_literals;
using testing::f32_tensor;
using testing::safetensors_file;
using testing::safetensors_raw;

Result<SafetensorsHeader> read(const std::string& bytes) {
  return read_safetensors_header(ByteSource{"model.safetensors", std::as_bytes(std::span{bytes})});
}
std::string code_of(const std::string& bytes) {
  const auto header = read(bytes);
  return header ? "accepted" : header.error().code;
}
/// One tensor entry without its braces' surroundings.
std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
}
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets, std::size_t bytes) {
  return safetensors_raw("{" + entry("t", dtype, shape, offsets) + "}", std::string(bytes, '\0'));
}

TEST(Safetensors, reads_tensors_in_the_order_of_their_bytes_whatever_the_order_of_the_header) {
  const auto header = read(safetensors_raw(
      "{" + entry("second", "U8", "[2]", "[4,6]") + "," + entry("first", "F32", "[1,1]", "[0,4]") + "}   ", "abcdef"));
  ASSERT_TRUE(header.ok()) << header.error().text();
  ASSERT_EQ(header->tensors.size(), 2u);
  EXPECT_EQ(header->tensors[0].name, "first");
  EXPECT_EQ(header->tensors[1].name, "second");
  EXPECT_EQ(header->tensors[1].elements, 2u);
  EXPECT_EQ(header->tensors[1].offset, header->tensors[0].offset + 4);
}

TEST(Safetensors, accepts_scalars_zero_sizes_metadata_and_an_empty_model) {
  EXPECT_EQ(code_of(one("F32", "[]", "[0,4]", 4)), "accepted");
  EXPECT_EQ(code_of(one("F32", "[0,5]", "[0,0]", 0)), "accepted");
  EXPECT_EQ(code_of(safetensors_raw("{}", "")), "accepted");
  const float values[] = {1, 2};
  const auto header = read(safetensors_file({f32_tensor("w", {2}, values)}, {{"format", "pt"}}));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->metadata.at("format"), "pt");
}

TEST(Safetensors, knows_every_dtype_of_the_specification_and_its_size) {
  // Bits per element, from the specification's own enumeration; eight elements make whole bytes of all.
  const std::pair<const char*, int> types[] = {
      {"BOOL", 8},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6},     {"U8", 8},          {"I8", 8},
      {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},
      {"U16", 16},    {"F16", 16},    {"BF16", 16},   {"I32", 32},        {"U32", 32},        {"F32", 32},
      {"C64", 64},    {"F64", 64},    {"I64", 64},    {"U64", 64}};
  for (const auto& [name, bits] : types) {
    const auto size = std::to_string(bits);
    EXPECT_EQ(code_of(one(name, "[8]", "[0," + size + "]", static_cast<std::size_t>(bits))), "accepted") << name;
    EXPECT_EQ(code_of(one(name, "[8]", "[0," + std::to_string(bits + 1) + "]", static_cast<std::size_t>(bits) + 1)),
              "ST_SIZE_MISMATCH")
        << name;
  }
  EXPECT_EQ(code_of(one("F4", "[3]", "[0,2]", 2)), "ST_SIZE_MISMATCH");  // twelve bits are no whole bytes
}

TEST(Safetensors, keeps_an_unknown_dtype_as_opaque_bytes_and_says_so) {
  const auto header = read(one("F8_E3M4", "[3]", "[0,3]", 3));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->tensors[0].dtype, Dtype::kOpaque);
  EXPECT_EQ(header->tensors[0].bytes, 3u);
  ASSERT_EQ(header->notices.size(), 1u);
  EXPECT_EQ(header->notices[0].code, "ST_DTYPE_UNKNOWN");
}

TEST(Safetensors, refuses_files_too_short_for_a_header) {
  for (std::size_t size = 0; size < 8; ++size) EXPECT_EQ(code_of(std::string(size, '\x01')), "ST_TOO_SMALL") << size;
}

TEST(Safetensors, refuses_lying_header_lengths_before_allocating) {
  const auto with_length = [](std::uint64_t length) { return testing::raw(length) + "{}"; };
  EXPECT_EQ(code_of(with_length(std::uint64_t{1} << 63)), "ST_HEADER_LEN");
  EXPECT_EQ(code_of(with_length(UINT64_MAX)), "ST_HEADER_LEN");
  EXPECT_EQ(code_of(with_length(UINT64_MAX - 7)), "ST_HEADER_LEN");
  EXPECT_EQ(code_of(with_length(3)), "ST_HEADER_LEN");
  EXPECT_EQ(code_of(with_length(2)), "accepted");
}

TEST(Safetensors, refuses_headers_that_are_no_json_object) {
  for (const char* header : {"", " {}", "[]", "{", "{]", "{}x", "\"text\"", "{\"a\":1}", "{\"a\":[]}", "{\"a\":null}"})
    EXPECT_EQ(code_of(safetensors_raw(header, "")), "ST_HEADER_JSON") << header;
  EXPECT_EQ(code_of(safetensors_raw("{\"\xff\":1}", "")), "ST_HEADER_JSON");
  EXPECT_EQ(code_of(safetensors_raw("{\"\\ud800\":1}", "")), "ST_HEADER_JSON");
  EXPECT_EQ(code_of(safetensors_raw("{\"t\":{\"x\":" + std::string(100000, '['), "")), "ST_HEADER_JSON");
}

TEST(Safetensors, refuses_entries_with_missing_or_repeated_fields) {
  EXPECT_EQ(code_of(safetensors_raw(R"({"t":{"dtype":"U8","shape":[1]}})", "a")), "ST_HEADER_JSON");
  EXPECT_EQ(code_of(safetensors_raw(R"({"t":{"dtype":"U8","data_offsets":[0,1]}})", "a")), "ST_HEADER_JSON");
  EXPECT_EQ(code_of(safetensors_raw(R"({"t":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}})", "a")),
            "ST_HEADER_JSON");
  EXPECT_EQ(code_of(safetensors_raw(R"({"t":{"dtype":7,"shape":[1],"data_offsets":[0,1]}})", "a")), "ST_DTYPE");
  EXPECT_EQ(code_of(safetensors_raw(R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":{"a":[{}]}}})", "a")),
            "accepted");
}

TEST(Safetensors, refuses_offsets_that_are_no_whole_numbers) {
  for (const char* offsets : {"[0,\"8\"]", "[0,1.5]", "[-1,8]", "[0,18446744073709551616]", "[0,1e1]", "[0,null]",
                              "[8,0]", "[0]", "[0,4,8]", "[]", "[[0,8]]", "{}", "8"})
    EXPECT_EQ(code_of(one("U8", "[8]", offsets, 8)), "ST_OFFSET_TYPE") << offsets;
}

TEST(Safetensors, refuses_shapes_that_are_no_whole_numbers) {
  for (const char* shape : {"[-1]", "[1.0]", "[\"1\"]", "[[1]]", "1", "{}", "[true]"})
    EXPECT_EQ(code_of(one("U8", shape, "[0,1]", 1)), "ST_SHAPE") << shape;
}

TEST(Safetensors, refuses_sizes_that_do_not_fit_64_bits) {
  EXPECT_EQ(code_of(one("U8", "[4294967296,4294967296,2]", "[0,1]", 1)), "ST_OVERFLOW");
  EXPECT_EQ(code_of(one("F64", "[4611686018427387904]", "[0,8]", 8)), "ST_OVERFLOW");
}

TEST(Safetensors, refuses_overlaps_holes_trailing_bytes_and_truncation) {
  const auto two = [](const std::string& a, const std::string& b, std::size_t bytes) {
    return safetensors_raw("{" + entry("a", "U8", "[4]", a) + "," + entry("b", "U8", "[4]", b) + "}",
                           std::string(bytes, 'x'));
  };
  EXPECT_EQ(code_of(two("[0,4]", "[4,8]", 8)), "accepted");
  EXPECT_EQ(code_of(two("[0,4]", "[0,4]", 4)), "ST_OVERLAP");
  EXPECT_EQ(code_of(two("[0,4]", "[3,7]", 7)), "ST_OVERLAP");
  EXPECT_EQ(code_of(two("[0,4]", "[5,9]", 9)), "ST_HOLE");
  EXPECT_EQ(code_of(two("[1,5]", "[5,9]", 9)), "ST_HOLE");
  EXPECT_EQ(code_of(two("[0,4]", "[4,8]", 9)), "ST_TRAILING");
  EXPECT_EQ(code_of(two("[0,4]", "[4,8]", 7)), "ST_TRUNCATED");
}

TEST(Safetensors, refuses_a_name_twice_also_when_escaped) {
  const std::string plain = entry("a", "U8", "[0]", "[0,0]"), escaped = entry("\\u0061", "U8", "[0]", "[0,0]");
  EXPECT_EQ(code_of(safetensors_raw("{" + plain + "," + plain + "}", "")), "ST_DUPLICATE");
  EXPECT_EQ(code_of(safetensors_raw("{" + plain + "," + escaped + "}", "")), "ST_DUPLICATE");
}

TEST(Safetensors, refuses_metadata_that_is_no_text) {
  EXPECT_EQ(code_of(safetensors_raw(R"({"__metadata__":{"n":1}})", "")), "ST_METADATA");
  EXPECT_EQ(code_of(safetensors_raw(R"({"__metadata__":{"n":{}}})", "")), "ST_METADATA");
  EXPECT_EQ(code_of(safetensors_raw(R"({"__metadata__":{"n":"a","n":"b"}})", "")), "ST_METADATA");
  EXPECT_EQ(code_of(safetensors_raw(R"({"__metadata__":{},"__metadata__":{}})", "")), "ST_METADATA");
  const auto large = read(safetensors_raw("{\"__metadata__\":{\"n\":\"" + std::string(1u << 20, 'x') + "\"}}", ""));
  ASSERT_TRUE(large.ok());
  EXPECT_LE(large->metadata.at("n").size(), 65536u);
}

TEST(Safetensors, names_what_stands_in_place_of_the_file) {
  EXPECT_EQ(code_of("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"), "LFS_POINTER");
  EXPECT_EQ(code_of("<!DOCTYPE html><html>login</html>"), "HTML_PAGE");
  EXPECT_EQ(code_of("PK\x03\x04"s + std::string(40, '\0')), "UNSUPPORTED_PICKLE");
  EXPECT_EQ(code_of("\x80\x02}q"s + std::string(40, '\0')), "UNSUPPORTED_PICKLE");
}

TEST(Safetensors, refuses_half_a_million_entries_on_one_range_in_bounded_time) {
  std::string header = "{";
  for (int i = 0; i < 500'000; ++i)
    header += "\"" + std::to_string(i) + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},";
  header.back() = '}';
  EXPECT_EQ(code_of(safetensors_raw(header, "x")), "ST_OVERLAP");
}

TEST(Safetensors, survives_every_truncation_and_every_flipped_bit_of_a_small_file) {
  const float values[] = {1, 2, 3};
  const std::string good =
      safetensors_file({f32_tensor("model.a", {3}, values), f32_tensor("model.b", {1, 2}, std::span{values}.first(2))},
                       {{"format", "pt"}});
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_NE(code_of(good.substr(0, size)), "accepted") << size;
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      const auto code = code_of(bad);
      EXPECT_FALSE(code.empty());
      accepted += code == "accepted" ? 1 : 0;
    }
  }
  // Data bytes (20 of them, 160 flips) are free to change; most of the header is not.
  EXPECT_GE(accepted, 160u);
  EXPECT_LT(accepted, good.size() * 4);
}

Result<SafetensorsIndex> read_index(const std::string& text) {
  return read_safetensors_index(ByteSource{"model.safetensors.index.json", std::as_bytes(std::span{text})});
}

TEST(SafetensorsIndex, reads_the_map_and_notices_a_total_size_that_is_no_number) {
  const auto good =
      read_index(R"({"metadata":{"total_size":12},"weight_map":{"b":"x.safetensors","a":"y.safetensors"}})");
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->total_size, 12u);
  EXPECT_EQ(good->weight_map.front().first, "a");
  EXPECT_TRUE(good->notices.empty());
  for (const char* size : {"12.5", "\"12\"", "null", "-3"}) {
    const auto odd = read_index(std::string{R"({"metadata":{"total_size":)"} + size + R"(},"weight_map":{}})");
    ASSERT_TRUE(odd.ok()) << size;
    ASSERT_EQ(odd->notices.size(), 1u) << size;
    EXPECT_EQ(odd->notices[0].code, "INDEX_TOTAL_SIZE");
  }
}

TEST(SafetensorsIndex, refuses_names_that_leave_the_folder) {
  for (const char* name :
       {"../../etc/passwd", "/etc/passwd", "a/b.safetensors", "a\\\\b", "..", ".", "", "a\\u0000b"}) {
    const auto index = read_index(std::string{R"({"weight_map":{"t":")"} + name + "\"}}");
    ASSERT_FALSE(index.ok()) << name;
    EXPECT_EQ(index.error().code, "INDEX_PATH") << name;
  }
}

TEST(SafetensorsIndex, refuses_what_is_no_index) {
  for (const char* text : {"", "{", "[]", "{}", R"({"weight_map":[]})", R"({"weight_map":{"t":1}})",
                           R"({"weight_map":{"t":"a","t":"b"}})"}) {
    const auto index = read_index(text);
    ASSERT_FALSE(index.ok()) << text;
    EXPECT_EQ(index.error().code, "INDEX_JSON") << text;
  }
  EXPECT_EQ(read_index("version https://git-lfs.github.com/spec/v1\n").error().code, "LFS_POINTER");
}

}  // namespace
}  // namespace pedigree::io
