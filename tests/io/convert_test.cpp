// SPDX-License-Identifier: MIT
#include "pedigree/io/convert.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace pedigree::io {
namespace {

constexpr Dtype kEvery8Bit[] = {Dtype::kBool,   Dtype::kU8,         Dtype::kI8,         Dtype::kF8E5M2, Dtype::kF8E4M3,
                                Dtype::kF8E8M0, Dtype::kF8E4M3Fnuz, Dtype::kF8E5M2Fnuz, Dtype::kF4};
constexpr Dtype kBlocks[] = {Dtype::kQ4_0,  Dtype::kQ4_1,  Dtype::kQ5_0, Dtype::kQ5_1, Dtype::kQ8_0,
                             Dtype::kQ2K,   Dtype::kQ3K,   Dtype::kQ4K,  Dtype::kQ5K,  Dtype::kQ6K,
                             Dtype::kIq4Nl, Dtype::kIq4Xs, Dtype::kMxfp4};

std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits(values.size());
  std::transform(values.begin(), values.end(), bits.begin(),
                 [](float value) { return std::bit_cast<std::uint32_t>(value); });
  return bits;
}

/// Equal to the bit, NaNs included.
void expect_same_as_scalar(Dtype dtype, std::span<const std::byte> in, std::size_t elements) {
  std::vector<float> fast(elements, -1.0f), slow(elements, -2.0f);
  ASSERT_TRUE(convert_to_float(dtype, in, fast)) << dtype_name(dtype);
  ASSERT_TRUE(convert_to_float_scalar(dtype, in, slow)) << dtype_name(dtype);
  EXPECT_EQ(bits_of(fast), bits_of(slow)) << dtype_name(dtype);
}

std::vector<float> converted(Dtype dtype, const std::vector<std::uint8_t>& bytes, std::size_t elements) {
  std::vector<float> out(elements);
  EXPECT_TRUE(convert_to_float(dtype, std::as_bytes(std::span{bytes}), out));
  return out;
}

TEST(Convert, equals_the_scalar_reference_for_every_16_bit_pattern_at_every_alignment) {
  std::vector<std::uint16_t> patterns(65536 + 8);
  for (std::size_t i = 0; i < patterns.size(); ++i) patterns[i] = static_cast<std::uint16_t>(i);
  for (Dtype dtype : {Dtype::kBF16, Dtype::kF16, Dtype::kI16, Dtype::kU16}) {
    for (std::size_t start = 0; start < 8; ++start) {
      const auto in = std::as_bytes(std::span{patterns}.subspan(start, 65536));
      expect_same_as_scalar(dtype, in, 65536);
    }
    for (std::size_t count = 0; count < 20; ++count)  // every tail
      expect_same_as_scalar(dtype, std::as_bytes(std::span{patterns}.subspan(0x3C00, count)), count);
  }
}

TEST(Convert, equals_the_scalar_reference_for_every_8_bit_pattern) {
  std::vector<std::uint8_t> patterns(256);
  std::iota(patterns.begin(), patterns.end(), std::uint8_t{0});
  for (Dtype dtype : kEvery8Bit)
    expect_same_as_scalar(dtype, std::as_bytes(std::span{patterns}), dtype == Dtype::kF4 ? 512 : 256);
}

TEST(Convert, equals_the_scalar_reference_for_random_blocks) {
  std::mt19937 random{7};
  for (Dtype dtype : kBlocks) {
    const auto& facts = dtype_facts(dtype);
    std::vector<std::uint8_t> bytes(facts.block_bytes * 257u);
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
    expect_same_as_scalar(dtype, std::as_bytes(std::span{bytes}), facts.block_elements * 257u);
  }
}

TEST(Convert, half_floats_mean_what_ieee_754_says) {
  EXPECT_EQ(f16_to_float(0x3C00), 1.0f);
  EXPECT_EQ(f16_to_float(0xC000), -2.0f);
  EXPECT_EQ(f16_to_float(0x7BFF), 65504.0f);
  EXPECT_EQ(f16_to_float(0x0001), 0x1p-24f);
  EXPECT_EQ(f16_to_float(0x03FF), 1023 * 0x1p-24f);
  EXPECT_TRUE(std::signbit(f16_to_float(0x8000)));
  EXPECT_TRUE(std::isinf(f16_to_float(0xFC00)));
  EXPECT_TRUE(std::isnan(f16_to_float(0x7C01)));
  EXPECT_EQ(bf16_to_float(0x3F80), 1.0f);
  EXPECT_EQ(bf16_to_float(0x0001), 0x1p-133f);
}

TEST(Convert, rounding_back_is_exact_and_ties_go_to_even) {
  for (std::uint32_t i = 0; i < 65536; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    EXPECT_TRUE(std::isnan(f16_to_float(bits)) || float_to_f16(f16_to_float(bits)) == bits) << bits;
    EXPECT_TRUE(std::isnan(bf16_to_float(bits)) || float_to_bf16(bf16_to_float(bits)) == bits) << bits;
  }
  EXPECT_EQ(float_to_f16(1.0f + 0x1p-11f), 0x3C00);      // half way: down to the even one
  EXPECT_EQ(float_to_f16(1.0f + 3 * 0x1p-11f), 0x3C02);  // half way: up to the even one
  EXPECT_EQ(float_to_f16(65520.0f), 0x7C00);             // half way to 65536: infinity
  EXPECT_EQ(float_to_f16(65519.996f), 0x7BFF);
  EXPECT_EQ(float_to_f16(0x1p-25f), 0x0000);
  EXPECT_EQ(float_to_bf16(1.0f + 0x1p-8f), 0x3F80);
  EXPECT_EQ(float_to_bf16(1.0f + 3 * 0x1p-8f), 0x3F82);
  EXPECT_TRUE(std::isnan(bf16_to_float(float_to_bf16(std::bit_cast<float>(0x7F800001u)))));
}

TEST(Convert, eight_bit_floats_have_the_extremes_of_their_specifications) {
  // OCP 8-bit floating point: largest and smallest values, infinities and NaNs.
  EXPECT_EQ(converted(Dtype::kF8E4M3, {0x7E, 0x01, 0x38, 0xB8, 0x08}, 5),
            (std::vector<float>{448.0f, 0x1p-9f, 1.0f, -1.0f, 0x1p-6f}));
  EXPECT_EQ(converted(Dtype::kF8E5M2, {0x7B, 0x01, 0x3C, 0x04}, 4),
            (std::vector<float>{57344.0f, 0x1p-16f, 1.0f, 0x1p-14f}));
  EXPECT_EQ(converted(Dtype::kF8E4M3Fnuz, {0x7F, 0x01, 0x40}, 3), (std::vector<float>{240.0f, 0x1p-10f, 1.0f}));
  EXPECT_EQ(converted(Dtype::kF8E5M2Fnuz, {0x7F, 0x01, 0x40}, 3), (std::vector<float>{57344.0f, 0x1p-17f, 1.0f}));
  EXPECT_EQ(converted(Dtype::kF8E8M0, {127, 128, 254, 0}, 4), (std::vector<float>{1.0f, 2.0f, 0x1p127f, 0x1p-127f}));
  const std::pair<Dtype, int> nans[] = {
      {Dtype::kF8E4M3, 2}, {Dtype::kF8E5M2, 6}, {Dtype::kF8E4M3Fnuz, 1}, {Dtype::kF8E5M2Fnuz, 1}, {Dtype::kF8E8M0, 1}};
  std::vector<std::uint8_t> all(256);
  std::iota(all.begin(), all.end(), std::uint8_t{0});
  for (const auto& [dtype, expected] : nans) {
    int found = 0;
    for (float v : converted(dtype, all, 256)) found += std::isnan(v) ? 1 : 0;
    EXPECT_EQ(found, expected) << dtype_name(dtype);
  }
  // 0x1 in the low nibble is the first element: 0.5 and then 6.
  EXPECT_EQ(converted(Dtype::kF4, {0x71, 0x9A}, 4), (std::vector<float>{0.5f, 6.0f, -1.0f, -0.5f}));
}

/// A half float's two bytes.
std::vector<std::uint8_t> half(float v) {
  const auto bits = float_to_f16(v);
  return {static_cast<std::uint8_t>(bits & 255u), static_cast<std::uint8_t>(bits >> 8u)};
}
std::vector<std::uint8_t> join(std::initializer_list<std::vector<std::uint8_t>> parts) {
  std::vector<std::uint8_t> out;
  for (const auto& p : parts) out.insert(out.end(), p.begin(), p.end());
  return out;
}
std::vector<std::uint8_t> filled(std::size_t count, std::uint8_t value) {
  return std::vector<std::uint8_t>(count, value);
}

TEST(Dequantise, simple_blocks_follow_their_formulas) {
  // Q4_0: y = d (q - 8); low nibbles are the first sixteen elements.
  auto q4 = converted(Dtype::kQ4_0, join({half(0.5f), filled(16, 0xF0)}), 32);
  EXPECT_EQ(q4.front(), -4.0f);
  EXPECT_EQ(q4.back(), 3.5f);
  // Q4_1: y = d q + m.
  auto q41 = converted(Dtype::kQ4_1, join({half(0.5f), half(-1.0f), filled(16, 0xF1)}), 32);
  EXPECT_EQ(q41.front(), -0.5f);
  EXPECT_EQ(q41.back(), 6.5f);
  // Q5_0: y = d (q - 16), fifth bits in a word: bit 0 set only for the first element.
  auto q5 = converted(Dtype::kQ5_0, join({half(2.0f), {1, 0, 0, 0}, filled(16, 0x03)}), 32);
  EXPECT_EQ(q5[0], 6.0f);     // (3 | 16) - 16 = 3
  EXPECT_EQ(q5[1], -26.0f);   // 3 - 16 = -13
  EXPECT_EQ(q5[16], -32.0f);  // 0 - 16
  // Q5_1: the highest bit belongs to the last element.
  auto q51 = converted(Dtype::kQ5_1, join({half(1.0f), half(10.0f), {0, 0, 0, 0x80}, filled(16, 0x20)}), 32);
  EXPECT_EQ(q51[31], 28.0f);  // 2 + 16 + 10
  EXPECT_EQ(q51[30], 12.0f);
  // Q8_0: signed bytes.
  auto q8 = converted(Dtype::kQ8_0, join({half(0.25f), filled(32, 0x80)}), 32);
  EXPECT_EQ(q8[5], -32.0f);
  // MXFP4: 2^(e-127) times E2M1; nibble 0xF is -6, nibble 1 is 0.5.
  auto mx = converted(Dtype::kMxfp4, join({{129}, filled(16, 0xF1)}), 32);
  EXPECT_EQ(mx[0], 2.0f);
  EXPECT_EQ(mx[16], -24.0f);
  // IQ4_NL: the table's ends.
  auto nl = converted(Dtype::kIq4Nl, join({half(1.0f), filled(16, 0xF0)}), 32);
  EXPECT_EQ(nl[0], -127.0f);
  EXPECT_EQ(nl[16], 113.0f);
}

TEST(Dequantise, super_blocks_follow_their_formulas) {
  // Q2_K: y = d * (low nibble of the scale) * q - dmin * (high nibble); all q = 3.
  auto q2 = converted(Dtype::kQ2K, join({filled(16, 0x52), filled(64, 0xFF), half(0.5f), half(0.25f)}), 256);
  for (float v : q2) EXPECT_EQ(v, 0.5f * 2 * 3 - 0.25f * 5);
  // Q3_K: scale bytes of zero mean -32; high bits set mean nothing is taken off; q = 1.
  auto q3 = converted(Dtype::kQ3K, join({filled(32, 0xFF), filled(64, 0x55), filled(12, 0), half(0.5f)}), 256);
  for (float v : q3) EXPECT_EQ(v, 0.5f * -32 * 1);
  auto q3_low = converted(Dtype::kQ3K, join({filled(32, 0x00), filled(64, 0x55), filled(12, 0), half(0.5f)}), 256);
  for (float v : q3_low) EXPECT_EQ(v, 0.5f * -32 * (1 - 4));
  // Q4_K: with bytes 0x41 the first four groups have scale 1 and minimum 1; the last four take their
  // low bits from bytes 8..11 (1 and 4) and their high bits (1 each) from the first eight bytes.
  auto q4 = converted(Dtype::kQ4K, join({half(0.5f), half(2.0f), filled(12, 0x41), filled(128, 0x33)}), 256);
  EXPECT_EQ(q4[0], 0.5f * 1 * 3 - 2.0f * 1);
  EXPECT_EQ(q4[255], 0.5f * (1 + 16) * 3 - 2.0f * (4 + 16));
  // Q5_K: the fifth bits of the first group are bit 0 of each high byte.
  auto q5 = converted(Dtype::kQ5K,
                      join({half(1.0f), half(1.0f), filled(12, 0x01), filled(32, 0x01), filled(128, 0x22)}), 256);
  EXPECT_EQ(q5[0], 1.0f * (2 + 16) - 1.0f);
  EXPECT_EQ(q5[32], 1.0f * 2 - 1.0f);
  // Q6_K: y = d * scale * (q - 32); low nibble 5, high pair 2 gives 37.
  auto q6 = converted(Dtype::kQ6K, join({filled(128, 0x55), filled(64, 0xAA), filled(16, 0xFE), half(0.5f)}), 256);
  for (float v : q6) EXPECT_EQ(v, 0.5f * -2 * (5 + 32 - 32));
  // IQ4_XS: scale = low nibble + 16 * pair - 32: 3 + 16 * 2 - 32 = 3; nibble 8 is 1 in the table.
  auto xs = converted(Dtype::kIq4Xs, join({half(0.5f), filled(2, 0xAA), filled(4, 0x33), filled(128, 0x88)}), 256);
  for (float v : xs) EXPECT_EQ(v, 1.5f);
}

TEST(Convert, refuses_wrong_sizes_and_opaque_types) {
  std::vector<std::byte> bytes(16);
  std::vector<float> out(4);
  EXPECT_FALSE(convert_to_float(Dtype::kBF16, bytes, out));
  EXPECT_FALSE(convert_to_float(Dtype::kC64, bytes, std::span{out}.first(2)));
  EXPECT_FALSE(convert_to_float(Dtype::kQ8_0, std::span{bytes}.first(4), out));
  EXPECT_TRUE(convert_to_float(Dtype::kF32, bytes, out));
}

TEST(Convert, wide_numbers_are_rounded_to_nearest) {
  const double wide[] = {1.0 / 3.0, 1e300, -0.0};
  std::vector<float> out(3);
  ASSERT_TRUE(convert_to_float(Dtype::kF64, std::as_bytes(std::span{wide}), out));
  EXPECT_EQ(out[0], 1.0f / 3.0f);
  EXPECT_TRUE(std::isinf(out[1]));
  EXPECT_TRUE(std::signbit(out[2]));
  const std::int64_t whole[] = {16777217, -16777219, INT64_MIN};
  ASSERT_TRUE(convert_to_float(Dtype::kI64, std::as_bytes(std::span{whole}), out));
  EXPECT_EQ(out[0], 16777216.0f);
  EXPECT_EQ(out[1], -16777220.0f);
  EXPECT_EQ(out[2], -0x1p63f);
}

}  // namespace
}  // namespace pedigree::io
