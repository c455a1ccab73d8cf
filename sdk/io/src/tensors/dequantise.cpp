// SPDX-License-Identifier: MIT
// GGUF's block types by the formulas of ggml-common.h and ggml-quants.c (dequantize_row_*).
#include <array>
#include <cstring>

#include "pedigree/io/convert.hpp"
#include "small_floats.hpp"

namespace pedigree::io::small {
namespace {

using Byte = std::uint8_t;

float half_at(const Byte* at) {
  std::uint16_t bits;
  std::memcpy(&bits, at, sizeof bits);
  return f16_to_float(bits);
}
std::uint32_t word_at(const Byte* at) {
  std::uint32_t bits;
  std::memcpy(&bits, at, sizeof bits);
  return bits;
}
float number(unsigned v) { return static_cast<float>(v); }
float number(int v) { return static_cast<float>(v); }

void q4_0(const Byte* block, float* out) {
  const float d = half_at(block);
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = number(static_cast<int>(block[2 + i] & 15u) - 8) * d;
    out[i + 16] = number(static_cast<int>(block[2 + i] >> 4u) - 8) * d;
  }
}

void q4_1(const Byte* block, float* out) {
  const float d = half_at(block), m = half_at(block + 2);
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = number(block[4 + i] & 15u) * d + m;
    out[i + 16] = number(static_cast<unsigned>(block[4 + i]) >> 4u) * d + m;
  }
}

void q5_0(const Byte* block, float* out) {
  const float d = half_at(block);
  const std::uint32_t high = word_at(block + 2);
  for (std::size_t i = 0; i < 16; ++i) {
    const unsigned low_bit = ((high >> i) & 1u) << 4u, high_bit = ((high >> (i + 16)) & 1u) << 4u;
    out[i] = number(static_cast<int>((block[6 + i] & 15u) | low_bit) - 16) * d;
    out[i + 16] = number(static_cast<int>((block[6 + i] >> 4u) | high_bit) - 16) * d;
  }
}

void q5_1(const Byte* block, float* out) {
  const float d = half_at(block), m = half_at(block + 2);
  const std::uint32_t high = word_at(block + 4);
  for (std::size_t i = 0; i < 16; ++i) {
    const unsigned low_bit = ((high >> i) & 1u) << 4u, high_bit = ((high >> (i + 16)) & 1u) << 4u;
    out[i] = number((block[8 + i] & 15u) | low_bit) * d + m;
    out[i + 16] = number((static_cast<unsigned>(block[8 + i]) >> 4u) | high_bit) * d + m;
  }
}

void q8_0(const Byte* block, float* out) {
  const float d = half_at(block);
  for (std::size_t i = 0; i < 32; ++i) out[i] = number(static_cast<int>(static_cast<std::int8_t>(block[2 + i]))) * d;
}

// 16 bytes of (scale low 4, minimum high 4), 64 bytes of 2-bit values, d, dmin.
void q2_k(const Byte* block, float* out) {
  const float d = half_at(block + 80), dmin = half_at(block + 82);
  for (std::size_t half = 0; half < 2; ++half) {
    const Byte* q = block + 16 + half * 32;
    for (std::size_t j = 0; j < 4; ++j) {
      for (std::size_t part = 0; part < 2; ++part) {
        const Byte packed = block[half * 8 + j * 2 + part];
        const float scale = d * number(packed & 15u), minimum = dmin * number(static_cast<unsigned>(packed) >> 4u);
        for (std::size_t l = 0; l < 16; ++l)
          *out++ = scale * number((static_cast<unsigned>(q[part * 16 + l]) >> (2 * j)) & 3u) - minimum;
      }
    }
  }
}

/// Twelve bytes hold sixteen 6-bit scales, stored plus 32.
std::array<int, 16> q3_scales(const Byte* packed) {
  std::array<int, 16> scales{};
  for (std::size_t i = 0; i < 16; ++i) {
    const unsigned low = (i < 8 ? packed[i] : static_cast<unsigned>(packed[i - 8]) >> 4u) & 15u;
    const unsigned high = (static_cast<unsigned>(packed[8 + i % 4]) >> (2 * (i / 4))) & 3u;
    scales[i] = static_cast<int>(low | (high << 4u)) - 32;
  }
  return scales;
}

// 32 bytes of high bits (set means no -4), 64 bytes of 2-bit values, 12 bytes of scales, d.
void q3_k(const Byte* block, float* out) {
  const float d = half_at(block + 108);
  const auto scales = q3_scales(block + 96);
  for (std::size_t half = 0; half < 2; ++half) {
    const Byte* q = block + 32 + half * 32;
    for (std::size_t j = 0; j < 4; ++j) {
      for (std::size_t l = 0; l < 32; ++l) {
        const float scale = d * number(scales[half * 8 + j * 2 + l / 16]);
        const bool keeps = ((static_cast<unsigned>(block[l]) >> (half * 4 + j)) & 1u) != 0;
        *out++ = scale * number(static_cast<int>((static_cast<unsigned>(q[l]) >> (2 * j)) & 3u) - (keeps ? 0 : 4));
      }
    }
  }
}

struct ScaleAndMinimum {
  unsigned scale, minimum;
};
ScaleAndMinimum k4_scale(const Byte* q, std::size_t j) {
  if (j < 4) return {q[j] & 63u, q[j + 4] & 63u};
  return {(q[j + 4] & 15u) | ((static_cast<unsigned>(q[j - 4]) >> 6u) << 4u),
          (static_cast<unsigned>(q[j + 4]) >> 4u) | ((static_cast<unsigned>(q[j]) >> 6u) << 4u)};
}

// d, dmin, 12 bytes of 6-bit scales and minima, 128 bytes of nibbles.
void q4_k(const Byte* block, float* out) {
  const float d = half_at(block), dmin = half_at(block + 2);
  for (std::size_t j = 0; j < 4; ++j) {
    const Byte* q = block + 16 + j * 32;
    for (std::size_t part = 0; part < 2; ++part) {
      const auto [scale, minimum] = k4_scale(block + 4, 2 * j + part);
      const float d1 = d * number(scale), m1 = dmin * number(minimum);
      for (std::size_t l = 0; l < 32; ++l) *out++ = d1 * number((static_cast<unsigned>(q[l]) >> (4 * part)) & 15u) - m1;
    }
  }
}

// As q4_k, with 32 bytes of fifth bits in front of the nibbles.
void q5_k(const Byte* block, float* out) {
  const float d = half_at(block), dmin = half_at(block + 2);
  const Byte* high = block + 16;
  for (std::size_t j = 0; j < 4; ++j) {
    const Byte* q = block + 48 + j * 32;
    for (std::size_t part = 0; part < 2; ++part) {
      const auto [scale, minimum] = k4_scale(block + 4, 2 * j + part);
      const float d1 = d * number(scale), m1 = dmin * number(minimum);
      for (std::size_t l = 0; l < 32; ++l) {
        const unsigned fifth = ((static_cast<unsigned>(high[l]) >> (2 * j + part)) & 1u) << 4u;
        *out++ = d1 * number(((static_cast<unsigned>(q[l]) >> (4 * part)) & 15u) | fifth) - m1;
      }
    }
  }
}

// 128 bytes of low nibbles, 64 of high pairs, 16 signed scales, d last.
void q6_k(const Byte* block, float* out) {
  const float d = half_at(block + 208);
  for (std::size_t half = 0; half < 2; ++half) {
    const Byte *low = block + half * 64, *high = block + 128 + half * 32, *scales = block + 192 + half * 8;
    for (std::size_t part = 0; part < 4; ++part) {
      for (std::size_t l = 0; l < 32; ++l) {
        const unsigned nibble = (static_cast<unsigned>(low[(part % 2) * 32 + l]) >> (4 * (part / 2))) & 15u;
        const unsigned pair = (static_cast<unsigned>(high[l]) >> (2 * part)) & 3u;
        const int q = static_cast<int>(nibble | (pair << 4u)) - 32;
        const int scale = static_cast<std::int8_t>(scales[part * 2 + l / 16]);
        *out++ = d * number(scale) * number(q);
      }
    }
  }
}

constexpr std::array<int, 16> kIq4 = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

void iq4_nl(const Byte* block, float* out) {
  const float d = half_at(block);
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = d * number(kIq4[block[2 + i] & 15u]);
    out[i + 16] = d * number(kIq4[block[2 + i] >> 4u]);
  }
}

// d, 8 pairs of high scale bits, 4 bytes of low scale nibbles, 128 bytes of nibbles.
void iq4_xs(const Byte* block, float* out) {
  const float d = half_at(block);
  const std::uint32_t high = word_at(block + 2) & 0xFFFFu;
  for (std::size_t group = 0; group < 8; ++group) {
    const unsigned low = (static_cast<unsigned>(block[4 + group / 2]) >> (4 * (group % 2))) & 15u;
    const unsigned scale = low | (((high >> (2 * group)) & 3u) << 4u);
    const float d1 = d * number(static_cast<int>(scale) - 32);
    const Byte* q = block + 8 + group * 16;
    for (std::size_t i = 0; i < 16; ++i) {
      out[i] = d1 * number(kIq4[q[i] & 15u]);
      out[i + 16] = d1 * number(kIq4[q[i] >> 4u]);
    }
    out += 32;
  }
}

constexpr std::array<float, 16> kE2m1 = {0.0f,  0.5f,  1.0f,  1.5f,  2.0f,  3.0f,  4.0f,  6.0f,
                                         -0.0f, -0.5f, -1.0f, -1.5f, -2.0f, -3.0f, -4.0f, -6.0f};

void mxfp4(const Byte* block, float* out) {
  const float d = e8m0(block[0]);
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = kE2m1[block[1 + i] & 15u] * d;
    out[i + 16] = kE2m1[block[1 + i] >> 4u] * d;
  }
}

/// A run of blocks, once as the compiler makes it for any machine and once for AVX2: the same
/// operations in the same order, so the same bits (no multiply-add is formed: AVX2 alone has none).
template <auto kDecode, std::size_t kElements, std::size_t kBytes>
void blocks_plain(const Byte* in, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) kDecode(in + i * kBytes, out + i * kElements);
}
#if defined(__x86_64__)
template <auto kDecode, std::size_t kElements, std::size_t kBytes>
[[gnu::target("avx2"), gnu::flatten]] void blocks_avx2(const Byte* in, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) kDecode(in + i * kBytes, out + i * kElements);
}
#endif

using Run = void (*)(const Byte*, float*, std::size_t);

template <auto kDecode, std::size_t kElements, std::size_t kBytes>
Run run_of(Speed speed) {
#if defined(__x86_64__)
  if (speed == Speed::kWidest && __builtin_cpu_supports("avx2") != 0) return blocks_avx2<kDecode, kElements, kBytes>;
#endif
  static_cast<void>(speed);
  return blocks_plain<kDecode, kElements, kBytes>;
}

Run decoder_of(Dtype dtype, Speed speed) {
  switch (dtype) {
    case Dtype::kQ4_0:
      return run_of<q4_0, 32, 18>(speed);
    case Dtype::kQ4_1:
      return run_of<q4_1, 32, 20>(speed);
    case Dtype::kQ5_0:
      return run_of<q5_0, 32, 22>(speed);
    case Dtype::kQ5_1:
      return run_of<q5_1, 32, 24>(speed);
    case Dtype::kQ8_0:
      return run_of<q8_0, 32, 34>(speed);
    case Dtype::kQ2K:
      return run_of<q2_k, 256, 84>(speed);
    case Dtype::kQ3K:
      return run_of<q3_k, 256, 110>(speed);
    case Dtype::kQ4K:
      return run_of<q4_k, 256, 144>(speed);
    case Dtype::kQ5K:
      return run_of<q5_k, 256, 176>(speed);
    case Dtype::kQ6K:
      return run_of<q6_k, 256, 210>(speed);
    case Dtype::kIq4Nl:
      return run_of<iq4_nl, 32, 18>(speed);
    case Dtype::kIq4Xs:
      return run_of<iq4_xs, 256, 136>(speed);
    case Dtype::kMxfp4:
      return run_of<mxfp4, 32, 17>(speed);
    default:
      return nullptr;
  }
}

}  // namespace

bool dequantise(Dtype dtype, Speed speed, std::span<const std::byte> in, std::span<float> out) {
  const auto run = decoder_of(dtype, speed);
  if (run == nullptr) return false;
  run(reinterpret_cast<const Byte*>(in.data()), out.data(), out.size() / dtype_facts(dtype).block_elements);
  return true;
}

}  // namespace pedigree::io::small
