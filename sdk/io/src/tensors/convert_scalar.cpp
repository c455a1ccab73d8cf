// SPDX-License-Identifier: MIT
// One exact definition per plain type; blocks are in dequantise.cpp.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "pedigree/io/convert.hpp"
#include "small_floats.hpp"

namespace pedigree::io {

float bf16_to_float(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16u); }

float f16_to_float(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000u) << 16u;
  const std::uint32_t exponent = (bits >> 10u) & 0x1Fu;
  const std::uint32_t mantissa = bits & 0x3FFu;
  if (exponent == 0x1Fu)  // infinity, or NaN made quiet as the conversion instruction does
    return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13u) | (mantissa != 0 ? 0x400000u : 0u));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112u) << 23u) | (mantissa << 13u));
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}

std::uint16_t float_to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16u) | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16u) & 1u)) >> 16u);
}

std::uint16_t float_to_f16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16u) & 0x8000u);
  const float magnitude = std::fabs(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7E00u | ((bits >> 13u) & 0x1FFu));
  if (magnitude >= 65520.0f) return static_cast<std::uint16_t>(sign | 0x7C00u);
  if (magnitude < 0x1p-14f) {  // subnormal: a count of 2^-24, rounded to even by the default mode
    const auto count = static_cast<std::uint16_t>(std::nearbyint(magnitude * 0x1p24f));
    return static_cast<std::uint16_t>(sign | count);
  }
  const std::uint32_t absolute = bits & 0x7FFFFFFFu;
  const std::uint32_t rounded = absolute + 0xFFFu + ((absolute >> 13u) & 1u);
  return static_cast<std::uint16_t>(sign | ((rounded - (112u << 23u)) >> 13u));
}

namespace {

template <class Stored, class Convert>
void each(std::span<const std::byte> in, std::span<float> out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, in.data() + i * sizeof stored, sizeof stored);
    out[i] = convert(stored);
  }
}

template <class Stored>
void each_number(std::span<const std::byte> in, std::span<float> out) {
  each<Stored>(in, out, [](Stored v) { return static_cast<float>(v); });
}

}  // namespace

bool convert_to_float_scalar(Dtype dtype, std::span<const std::byte> in, std::span<float> out) {
  const auto bytes = dtype_bytes(dtype, out.size());
  if (!is_comparable(dtype) || !bytes || *bytes != in.size()) return false;
  switch (dtype) {
    case Dtype::kBool:
      each<std::uint8_t>(in, out, [](std::uint8_t v) { return v != 0 ? 1.0f : 0.0f; });
      return true;
    case Dtype::kU8:
      each_number<std::uint8_t>(in, out);
      return true;
    case Dtype::kI8:
      each_number<std::int8_t>(in, out);
      return true;
    case Dtype::kU16:
      each_number<std::uint16_t>(in, out);
      return true;
    case Dtype::kI16:
      each_number<std::int16_t>(in, out);
      return true;
    case Dtype::kU32:
      each_number<std::uint32_t>(in, out);
      return true;
    case Dtype::kI32:
      each_number<std::int32_t>(in, out);
      return true;
    case Dtype::kU64:
      each_number<std::uint64_t>(in, out);
      return true;
    case Dtype::kI64:
      each_number<std::int64_t>(in, out);
      return true;
    case Dtype::kF64:
      each_number<double>(in, out);
      return true;
    case Dtype::kF32:
      if (!in.empty()) std::memcpy(out.data(), in.data(), in.size());  // an empty span may have no address
      return true;
    case Dtype::kBF16:
      each<std::uint16_t>(in, out, bf16_to_float);
      return true;
    case Dtype::kF16:
      each<std::uint16_t>(in, out, f16_to_float);
      return true;
    case Dtype::kF4:
      for (std::size_t i = 0; i < out.size(); ++i) {
        const auto pair = std::to_integer<unsigned>(in[i / 2]);
        out[i] = small::e2m1((i % 2 == 0 ? pair : pair >> 4u) & 0xFu);
      }
      return true;
    case Dtype::kF8E4M3:
      each<std::uint8_t>(in, out, small::e4m3);
      return true;
    case Dtype::kF8E5M2:
      each<std::uint8_t>(in, out, small::e5m2);
      return true;
    case Dtype::kF8E8M0:
      each<std::uint8_t>(in, out, small::e8m0);
      return true;
    case Dtype::kF8E4M3Fnuz:
      each<std::uint8_t>(in, out, small::e4m3fnuz);
      return true;
    case Dtype::kF8E5M2Fnuz:
      each<std::uint8_t>(in, out, small::e5m2fnuz);
      return true;
    default:
      return small::dequantise(dtype, small::Speed::kScalar, in, out);
  }
}

}  // namespace pedigree::io
