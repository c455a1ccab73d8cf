// SPDX-License-Identifier: MIT
// Eight- and four-bit floats by their definitions, and the entry to block dequantisation.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "pedigree/io/dtype.hpp"

namespace pedigree::io::small {

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// (-1)^sign * 2^(exponent - bias) * 1.mantissa, or the subnormal form when the exponent is 0.
inline float decode(unsigned bits, unsigned exponent_bits, unsigned mantissa_bits, int bias) {
  const bool negative = (bits >> (exponent_bits + mantissa_bits)) != 0;
  const auto exponent = static_cast<int>((bits >> mantissa_bits) & ((1u << exponent_bits) - 1u));
  const auto mantissa = static_cast<float>(bits & ((1u << mantissa_bits) - 1u));
  const float unit = std::ldexp(1.0f, -static_cast<int>(mantissa_bits));
  const float value =
      exponent == 0 ? std::ldexp(mantissa * unit, 1 - bias) : std::ldexp(1.0f + mantissa * unit, exponent - bias);
  return negative ? -value : value;
}

// OCP 8-bit and microscaling formats; the FNUZ variants have one NaN (0x80), no infinity, no -0.
inline float e4m3(std::uint8_t v) { return (v & 0x7Fu) == 0x7Fu ? kNan : decode(v, 4, 3, 7); }
inline float e5m2(std::uint8_t v) {
  if ((v & 0x7Fu) > 0x7Cu) return kNan;
  if ((v & 0x7Fu) == 0x7Cu) return (v & 0x80u) != 0 ? -HUGE_VALF : HUGE_VALF;
  return decode(v, 5, 2, 15);
}
inline float e8m0(std::uint8_t v) { return v == 0xFFu ? kNan : std::ldexp(1.0f, static_cast<int>(v) - 127); }
inline float e4m3fnuz(std::uint8_t v) { return v == 0x80u ? kNan : decode(v, 4, 3, 8); }
inline float e5m2fnuz(std::uint8_t v) { return v == 0x80u ? kNan : decode(v, 5, 2, 16); }
inline float e2m1(unsigned v) { return decode(v, 2, 1, 1); }

enum class Speed : std::uint8_t { kScalar, kWidest };

/// GGUF's block types. False for a type that is not one of them. Both speeds give the same bits.
bool dequantise(Dtype dtype, Speed speed, std::span<const std::byte> in, std::span<float> out);

}  // namespace pedigree::io::small
