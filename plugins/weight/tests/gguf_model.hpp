// SPDX-License-Identifier: MIT
// Written models as GGUF, quantised here by the block layouts of ggml-common.h: an encoder of its own, so that reading
// and finding are judged by something other than the reader.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "plugins/weight/tests/written_model.hpp"

namespace pedigree::weight::testing {

inline std::uint8_t byte_of(double v) { return static_cast<std::uint8_t>(std::lround(v)); }
inline std::string half_of(double v) { return pedigree::testing::raw(io::float_to_f16(static_cast<float>(v))); }

/// 32 weights: half step, then 32 signed bytes.
inline std::string q8_0(const float* v) {
  double most = 0;
  for (int i = 0; i < 32; ++i) most = std::max(most, std::abs(static_cast<double>(v[i])));
  const double step = most / 127;
  std::string out = half_of(step);
  for (int i = 0; i < 32; ++i)
    out += static_cast<char>(static_cast<std::int8_t>(step > 0 ? std::lround(static_cast<double>(v[i]) / step) : 0));
  return out;
}

/// 256 weights in eight groups: value = d scale q - dmin minimum, scales and minima of 6 bits, q of 4.
inline std::string q4_k(const float* v) {
  std::array<double, 8> scale{}, minimum{};
  for (std::size_t g = 0; g < 8; ++g) {
    const auto [low, high] = std::minmax_element(v + 32 * g, v + 32 * g + 32);
    minimum[g] = std::max(0.0, -static_cast<double>(*low));
    scale[g] = (static_cast<double>(*high) + minimum[g]) / 15;
  }
  const double d = *std::max_element(scale.begin(), scale.end()) / 63;
  const double dmin = *std::max_element(minimum.begin(), minimum.end()) / 63;
  std::array<std::uint8_t, 8> s{}, m{};
  std::array<std::uint8_t, 12> packed{};
  for (std::size_t g = 0; g < 8; ++g) {
    s[g] = byte_of(scale[g] / d);
    m[g] = byte_of(minimum[g] / dmin);
  }
  for (std::size_t g = 0; g < 4; ++g) {
    packed[g] = static_cast<std::uint8_t>(s[g] | (s[g + 4] >> 4 << 6));
    packed[g + 4] = static_cast<std::uint8_t>(m[g] | (m[g + 4] >> 4 << 6));
    packed[g + 8] = static_cast<std::uint8_t>((s[g + 4] & 15) | ((m[g + 4] & 15) << 4));
  }
  const auto code = [&](std::size_t i) {
    const std::size_t g = i / 32;
    const double q = (static_cast<double>(v[i]) + dmin * m[g]) / (d * std::max<int>(1, s[g]));
    return byte_of(std::clamp(q, 0.0, 15.0));
  };
  std::string out = half_of(d) + half_of(dmin) + std::string(packed.begin(), packed.end());
  for (std::size_t half = 0; half < 256; half += 64)
    for (std::size_t i = 0; i < 32; ++i) out += static_cast<char>(code(half + i) | (code(half + 32 + i) << 4));
  return out;
}

/// 256 weights in sixteen groups: value = d scale (q - 32), scales of 8 bits, q of 6.
inline std::string q6_k(const float* v) {
  std::array<double, 16> scale{};
  for (std::size_t g = 0; g < 16; ++g)
    for (std::size_t i = 0; i < 16; ++i)
      scale[g] = std::max(scale[g], std::abs(static_cast<double>(v[16 * g + i])) / 31);
  const double d = *std::max_element(scale.begin(), scale.end()) / 127;
  std::array<std::int8_t, 16> s{};
  for (std::size_t g = 0; g < 16; ++g) s[g] = static_cast<std::int8_t>(std::lround(scale[g] / d));
  const auto code = [&](std::size_t i) {
    const double q = static_cast<double>(v[i]) / (d * std::max<int>(1, s[i / 16]));
    return static_cast<unsigned>(byte_of(std::clamp(q, -32.0, 31.0) + 32));
  };
  std::string low(128, '\0'), high(64, '\0');
  for (std::size_t n = 0; n < 2; ++n)
    for (std::size_t l = 0; l < 32; ++l) {
      const std::size_t at = 128 * n + l;
      const unsigned q[] = {code(at), code(at + 32), code(at + 64), code(at + 96)};
      low[64 * n + l] = static_cast<char>((q[0] & 15) | ((q[2] & 15) << 4));
      low[64 * n + 32 + l] = static_cast<char>((q[1] & 15) | ((q[3] & 15) << 4));
      high[32 * n + l] = static_cast<char>((q[0] >> 4) | (q[1] >> 4 << 2) | (q[2] >> 4 << 4) | (q[3] >> 4 << 6));
    }
  return low + high + std::string(reinterpret_cast<const char*>(s.data()), 16) + half_of(d);
}

struct BlockType {
  const char* name;
  std::uint32_t code;
  std::uint64_t elements;
  std::string (*encode)(const float*);
};
inline constexpr BlockType kQ8_0{"Q8_0", 8, 32, q8_0}, kQ4K{"Q4_K", 12, 256, q4_k}, kQ6K{"Q6_K", 14, 256, q6_k};

/// Rows of q and k as llama.cpp's converter leaves them: the two halves of every head interleaved.
inline Tensor interleaved(const Tensor& t, std::uint64_t heads) {
  const std::uint64_t size = t.shape[0] / heads, columns = t.shape[1];
  Tensor out = t;
  for (std::uint64_t row = 0; row < t.shape[0]; ++row) {
    const std::uint64_t inside = row % size;
    const std::uint64_t to = row - inside + inside % (size / 2) * 2 + inside / (size / 2);
    std::copy_n(t.values.begin() + static_cast<std::ptrdiff_t>(row * columns), columns,
                out.values.begin() + static_cast<std::ptrdiff_t>(to * columns));
  }
  return out;
}

/// llama.cpp's names; what does not fill whole blocks, and the embedding, stays F32.
inline std::string gguf_of(const Model& model, const BlockType& type) {
  static const std::map<std::string, std::string> kNames{
      {"self_attn.q_proj", "attn_q"},      {"self_attn.k_proj", "attn_k"}, {"self_attn.v_proj", "attn_v"},
      {"self_attn.o_proj", "attn_output"}, {"mlp.gate_proj", "ffn_gate"},  {"mlp.up_proj", "ffn_up"},
      {"mlp.down_proj", "ffn_down"}};
  pedigree::testing::GgufWriter file;
  const auto hidden = static_cast<std::uint32_t>(model.at("model.embed_tokens.weight").shape[1]);
  file.string("general.architecture", "llama").u32("llama.block_count", 2).u32("llama.embedding_length", hidden);
  file.u32("llama.feed_forward_length", kInner).u32("llama.attention.head_count", 4);
  file.u32("llama.attention.head_count_kv", 4).u32("llama.context_length", 64);
  for (const auto& [name, plain] : model) {
    const bool turned = name.find("q_proj") != std::string::npos || name.find("k_proj") != std::string::npos;
    const Tensor t = turned ? interleaved(plain, 4) : plain;
    std::string stored = "token_embd.weight";
    if (const auto at = name.find("layers."); at != std::string::npos) {
      const auto dot = name.find('.', at + 7);
      const std::string part = name.substr(dot + 1, name.rfind('.') - dot - 1);
      stored = "blk." + name.substr(at + 7, dot - at - 7) + "." + kNames.at(part) + ".weight";
    }
    const bool blocks = stored[0] == 'b' && t.shape[1] % type.elements == 0;
    std::string bytes;
    if (blocks)
      for (std::size_t i = 0; i < t.values.size(); i += type.elements) bytes += type.encode(t.values.data() + i);
    else
      bytes.assign(reinterpret_cast<const char*>(t.values.data()), 4 * t.values.size());
    file.tensor(stored, blocks ? type.code : 0, {t.shape[1], t.shape[0]}, bytes);
  }
  return file.bytes();
}

}  // namespace pedigree::weight::testing
