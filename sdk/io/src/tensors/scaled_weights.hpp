// SPDX-License-Identifier: MIT
// Quantised weights of safetensors checkpoints: values in one tensor, their scales in another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "pedigree/io/byte_source.hpp"
#include "pedigree/io/result.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::io {

/// weight[i] = (stored[i] - zero point of its block) * scale of its block * constant, and times or
/// over one more number for the whole tensor. Indices are places in the list of tensors.
struct ScalePlan {
  std::size_t scale = 0;
  Dtype scale_dtype = Dtype::kF32;          ///< how the scales are read: exponents are stored as U8
  std::vector<std::uint64_t> block;         ///< per dimension of the weight: elements that share a scale
  std::vector<std::uint64_t> scale_stride;  ///< per dimension: scales from one block to the next
  std::optional<std::size_t> zero_point;    ///< laid out as the scales are
  std::optional<std::size_t> global;        ///< a single number
  bool over_global = false;                 ///< compressed-tensors stores its reciprocal
  float constant = 1;
};

/// By the place of the weight in the list of tensors.
using ScalePlans = std::unordered_map<std::size_t, ScalePlan>;

/// Finds weights with scales beside them by name and by shape, sets `storage`, and gives four-bit
/// weights their own shape and type. Weights in schemes that are not undone here, and those whose
/// scales do not fit, become kPacked and are told in `notices`. Known: DeepSeek (weight_scale_inv,
/// scale), compressed-tensors and ModelOpt (weight_scale, weight_scale_2, weight_global_scale,
/// weight_zero_point, weight_packed), Mistral (qscale_weight), bitsandbytes' eight bits (SCB), GPT-OSS (_blocks,
/// _scales). Pure but for its arguments.
ScalePlans find_scaled_weights(std::vector<TensorInfo>& tensors, std::vector<Notice>& notices,
                               std::span<const ByteSource> sources);

/// Multiplies elements [first, first + values.size()) of `weight` by their scales, in place.
Status apply_scales(const ScalePlan& plan, std::span<const TensorInfo> tensors, std::span<const ByteSource> sources,
                    const TensorInfo& weight, std::uint64_t first, std::span<float> values);

}  // namespace pedigree::io
