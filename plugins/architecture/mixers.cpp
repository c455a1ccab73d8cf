// SPDX-License-Identifier: MIT
#include "plugins/architecture/mixers.hpp"

#include <algorithm>
#include <cmath>

namespace pedigree::architecture {
namespace {
namespace fact = io::fact;
using io::ComponentConfig;

/// Facts as numbers; remembers the first that was needed and is not there.
class Needs {
 public:
  Needs(const ComponentConfig& decoder, std::string& missing) : decoder_(decoder), missing_(missing) {}
  double operator()(std::string_view key) {
    if (const auto value = decoder_.integer(key)) return static_cast<double>(*value);
    if (missing_.empty()) missing_ = key;
    return 0;
  }
  double either(std::string_view key, double otherwise) const {
    return static_cast<double>(decoder_.integer_or(key, static_cast<std::int64_t>(otherwise)));
  }

 private:
  const ComponentConfig& decoder_;
  std::string& missing_;
};

/// Latent attention (DeepSeek-V2, 2405.04434, section 2.1): low-rank query and joint key-value.
double latent_attention(const ComponentConfig& c, Needs& need) {
  const double width = need(fact::kHiddenSize), heads = need(fact::kHeads), rank = need(fact::kKeyValueRank);
  const double rope = need(fact::kRopeHeadSize), nope = need(fact::kNopeHeadSize);
  const double value = need.either(fact::kValueHeadSize, nope);
  const double query_out = heads * (rope + nope);
  const auto query_rank = static_cast<double>(c.integer_or(fact::kQueryRank, 0));
  const double query = query_rank > 0 ? width * query_rank + query_rank + query_rank * query_out : width * query_out;
  const double key_value = width * (rank + rope) + rank + rank * heads * (nope + value);
  return query + key_value + heads * value * width;
}

struct HeadShape {
  double heads = 0, groups = 0, size = 0, value_size = 0;
};

double grouped_attention(const ComponentConfig& c, double width, const HeadShape& h, const MixerFlags& flags,
                         bool keys_are_values) {
  const bool gate = c.model_type == "qwen3_next" || c.boolean(fact::kAttentionGate).value_or(false);
  const double key_values = h.groups * (h.size + (keys_are_values ? 0 : h.value_size));
  const double inputs = h.heads * h.size * (gate ? 2 : 1) + key_values;
  double count = width * inputs + h.heads * h.value_size * width;
  if (flags.all_biases || flags.input_biases) count += inputs;
  if (flags.all_biases) count += width;
  return count;
}

/// Gated DeltaNet (2412.06464) and Kimi Delta Attention (2510.26692): projections, short convolutions, gates.
double linear_attention(const ComponentConfig& c, Needs& need) {
  const double width = need(fact::kHiddenSize);
  const double key_heads = need(fact::kLinearKeyHeads), value_heads = need(fact::kLinearValueHeads);
  const double key_size = need(fact::kLinearKeySize), value_size = need(fact::kLinearValueSize);
  const double keys = key_heads * key_size, values = value_heads * value_size;
  const double convolution = need.either(fact::kLinearKernel, 4) * (2 * keys + values);
  const double projections = width * (2 * keys + values) + values * width;
  if (c.model_type == "kimi_linear")  // decay and output gate of low rank, beta
    return projections + convolution + width * value_size * 2 + value_size * (keys + values) + width * value_heads +
           value_heads + keys + value_size;
  return projections + convolution + width * values + 2 * width * value_heads + 2 * value_heads + value_size;
}

/// Mamba-2 (2405.21060, section 7) when its heads are given, else Mamba (2312.00752, section 3.4).
double state_space(const ComponentConfig& c, Needs& need) {
  const double width = need(fact::kHiddenSize), state = need(fact::kStateSize);
  const double kernel = need.either(fact::kStateKernel, 4);
  const bool pure = c.model_type == "mamba2";
  const double heads = need.either(pure ? fact::kHeads : fact::kStateHeads, 0);
  if (heads > 0) {
    const double inner = heads * need(pure ? fact::kHeadSize : fact::kStateHeadSize);
    const double shared = 2 * need.either(fact::kStateGroups, 1) * state;
    return width * (2 * inner + shared + heads) + (inner + shared) * (kernel + 1) + 3 * heads + inner + inner * width;
  }
  const double inner = need(fact::kStateExpansion) * width;
  const double rank = std::ceil(width / 16);
  return width * 2 * inner + inner * (kernel + 1) + inner * (rank + 2 * state) + rank * inner + inner + inner * state +
         inner + inner * width;
}

bool has_no_feed_forward(const ComponentConfig& c) {
  return c.model_type == "mamba" || c.model_type == "mamba2" || c.model_type == "falcon_mamba";
}

}  // namespace

LayerCounts count_layers(const ComponentConfig& decoder) {
  const auto layers = static_cast<double>(decoder.integer_or(fact::kLayers, 0));
  const auto pattern = decoder.text(fact::kLayerPattern);
  // Falcon-H1: attention and state space side by side in every layer.
  if (pattern.empty()) return {layers, layers, 0, decoder.model_type == "falcon_h1" ? layers : 0, layers};
  const auto count = [&](char letter) {
    return static_cast<double>(std::count(pattern.begin(), pattern.end(), letter));
  };
  LayerCounts counts;
  counts.full = count('G');
  counts.attention = counts.full + count('L') + count('C');
  counts.linear = count('K');
  counts.state_space = count('M');
  const bool apart = pattern.find_first_of("EF") != std::string::npos;
  counts.feed_forward = has_no_feed_forward(decoder) ? 0
                        : apart                      ? count('E') + count('F')
                                                     : static_cast<double>(pattern.size());
  return counts;
}

std::optional<double> mixer_parameters(const ComponentConfig& c, const LayerCounts& layers, const MixerFlags& flags,
                                       std::string& missing) {
  Needs need{c, missing};
  double total = 0;
  if (layers.attention > 0 && c.find(fact::kKeyValueRank) != nullptr) {
    total += layers.attention * latent_attention(c, need);
  } else if (layers.attention > 0) {
    const double width = need(fact::kHiddenSize), size = need(fact::kHeadSize);
    const HeadShape near{need(fact::kHeads), need(fact::kKeyValueHeads), size, need.either(fact::kValueHeadSize, size)};
    HeadShape far = near;
    if (c.integer(fact::kGlobalHeadSize)) far.size = far.value_size = need(fact::kGlobalHeadSize);
    far.groups = need.either(fact::kGlobalKeyValueHeads, near.groups);
    const bool one = c.boolean(fact::kKeysAreValues).value_or(false);
    total += (layers.attention - layers.full) * grouped_attention(c, width, near, flags, false);
    total += layers.full * grouped_attention(c, width, far, flags, one);
  }
  if (layers.linear > 0) total += layers.linear * linear_attention(c, need);
  if (layers.state_space > 0) total += layers.state_space * state_space(c, need);
  return missing.empty() ? std::optional{total} : std::nullopt;
}

}  // namespace pedigree::architecture
