// SPDX-License-Identifier: MIT
#include "scaled_weights.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

namespace pedigree::io {
namespace {

/// What lies beside a weight of one scheme. Endings are put behind the weight's base name, which is
/// the name without `leaf`.
struct Scheme {
  std::string_view leaf;     ///< how the weight's name ends
  std::string_view scale;    ///< how its scales' name ends
  std::string_view zero;     ///< zero points, "" when the scheme has none
  std::string_view global;   ///< one number more, "" when there is none
  bool over_global = false;  ///< divide by it
  float constant = 1;
};

// Sources: DeepSeek-V3 inference/kernel.py (weight_dequant multiplies by scale_inv); compressed-tensors
// quantization/lifecycle/forward.py (dequantize: scale / global_scale) and compressors; ModelOpt's
// NVFP4QTensor and FP8QTensor; bitsandbytes (row maximum over 127); vLLM's names for Mistral;
// transformers integrations/mxfp4.py (convert_moe_packed_tensors).
constexpr std::array kSchemes = {
    Scheme{".weight", ".weight_scale_inv", "", ""},
    Scheme{".weight", ".weight_scale", ".weight_zero_point", ".weight_scale_2"},
    Scheme{".weight", ".qscale_weight", "", ""},
    Scheme{".weight", ".SCB", "", "", false, 1.0f / 127.0f},
    Scheme{".weight", ".scale", "", ""},
    Scheme{"", "_scale_inv", "", ""},
    Scheme{".weight_packed", ".weight_scale", ".weight_zero_point", ".weight_global_scale", true},
    Scheme{"_blocks", "_scales", "", ""},
};

bool is_eight_bit(Dtype t) {
  return t == Dtype::kI8 || t == Dtype::kF8E4M3 || t == Dtype::kF8E5M2 || t == Dtype::kF8E4M3Fnuz ||
         t == Dtype::kF8E5M2Fnuz;
}
bool is_scale_type(Dtype t) {
  return t == Dtype::kF32 || t == Dtype::kBF16 || t == Dtype::kF16 || t == Dtype::kF8E4M3 || t == Dtype::kF8E8M0;
}

constexpr std::uint64_t kLargestRank = 4;

/// Elements of a dimension that share a scale, when `size` of them have `scales`. Writers use powers
/// of two, 128 above all; a last block may be short.
std::optional<std::uint64_t> block_of(std::uint64_t size, std::uint64_t scales) {
  if (scales == size) return 1;
  if (scales == 1) return size;
  if (scales == 0 || scales > size) return std::nullopt;
  for (const std::uint64_t block : {128u, 16u, 32u, 64u, 256u, 512u, 1024u})
    if ((size - 1) / block + 1 == scales) return block;
  if (size % scales == 0) return size / scales;
  return std::nullopt;
}

/// Blocks of `shape` under scales of `scale_shape`; missing last dimensions of the scales count as 1.
bool fit_blocks(const std::vector<std::uint64_t>& shape, std::vector<std::uint64_t> scale_shape, ScalePlan& plan) {
  std::uint64_t all = 1;
  for (const auto s : scale_shape) all *= s;  // the reader has checked this product
  if (all == 1) scale_shape.assign(shape.size(), 1);
  if (scale_shape.size() > shape.size()) return false;
  scale_shape.resize(shape.size(), 1);
  plan.block.resize(shape.size());
  plan.scale_stride.resize(shape.size());
  std::uint64_t stride = 1;
  for (std::size_t d = shape.size(); d-- > 0;) {
    const auto block = block_of(shape[d], scale_shape[d]);
    if (!block) return false;
    // Stacked matrices have scales of their own or share all of them: what a read needs stays small.
    if (d + 2 < shape.size() && *block != 1 && *block != shape[d]) return false;
    plan.block[d] = *block;
    plan.scale_stride[d] = stride;
    stride *= scale_shape[d];
  }
  return true;
}

class Finder {
 public:
  Finder(std::vector<TensorInfo>& tensors, std::vector<Notice>& notices, std::span<const ByteSource> sources)
      : tensors_(tensors), notices_(notices), sources_(sources) {
    places_.reserve(tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) places_.emplace(tensors[i].name, i);
  }

  ScalePlans run() {
    for (std::size_t i = 0; i < tensors_.size(); ++i)
      if (tensors_[i].shape.size() >= 2 && tensors_[i].elements > 0) look_at(i);
    for (const auto& [scheme, seen] : packed_)
      notices_.push_back({"STORE_PACKED", sources_[tensors_[seen.first].file].name(),
                          std::to_string(seen.second) + " tensors hold codes of " + scheme + ", first '" +
                              tensors_[seen.first].name.substr(0, 120) +
                              "': their values are not read and only their bytes are compared"});
    return std::move(plans_);
  }

 private:
  std::optional<std::size_t> place_of(std::string_view base, std::string_view ending) const {
    if (ending.empty()) return std::nullopt;
    const auto found = places_.find(std::string{base} + std::string{ending});
    return found == places_.end() ? std::nullopt : std::optional{found->second};
  }

  void pack(std::size_t i, const std::string& scheme) {
    tensors_[i].storage = Storage::kPacked;
    ++packed_.try_emplace(scheme, i, 0u).first->second.second;
  }

  void look_at(std::size_t i) {
    const std::string_view name = tensors_[i].name;
    const Dtype dtype = tensors_[i].dtype;
    if (name.ends_with(".qweight")) return pack(i, "GPTQ or AWQ");
    if (dtype != Dtype::kU8 && dtype != Dtype::kI32 && dtype != Dtype::kF4 && !is_eight_bit(dtype)) return;
    if (dtype == Dtype::kI32) {
      if (name.ends_with(".weight_packed")) pack(i, "compressed-tensors' packed integers");
      return;
    }
    if (place_of(name, ".absmax") || place_of(name, ".quant_map")) return pack(i, "bitsandbytes");
    for (const auto& scheme : kSchemes) {
      if (!name.ends_with(scheme.leaf)) continue;
      const auto base = name.substr(0, name.size() - scheme.leaf.size());
      const auto scale = place_of(base, scheme.scale);
      if (!scale || *scale == i) continue;
      if (!take(i, base, scheme, *scale)) pack(i, "a scheme whose scales do not fit them");
      return;
    }
    if (name.ends_with(".weight_packed")) pack(i, "compressed-tensors without scales");
  }

  /// The weight as it is meant: four-bit codes have half as many bytes in their last dimension.
  std::optional<TensorInfo> meant(const TensorInfo& stored, const Scheme& scheme) const {
    if (is_eight_bit(stored.dtype) || stored.dtype == Dtype::kF4) return stored;
    if (stored.dtype != Dtype::kU8) return std::nullopt;
    TensorInfo weight = stored;
    weight.dtype = Dtype::kF4;
    if (scheme.leaf == "_blocks") {  // (..., groups, 16 bytes) is (..., groups * 32 values)
      if (weight.shape.size() < 3 || weight.shape.back() != 16) return std::nullopt;
      weight.shape.pop_back();
      weight.shape.back() *= 32;
    } else {
      weight.shape.back() *= 2;
    }
    weight.elements = stored.elements * 2;  // elements are bytes of a file here: no overflow
    return weight;
  }

  bool take(std::size_t i, std::string_view base, const Scheme& scheme, std::size_t scale) {
    const auto weight = meant(tensors_[i], scheme);
    if (!weight || weight->shape.size() > kLargestRank) return false;
    ScalePlan plan;
    plan.scale = scale;
    plan.scale_dtype = tensors_[scale].dtype;
    plan.constant = scheme.constant;
    plan.over_global = scheme.over_global;
    // Microscaling keeps its exponents as plain bytes; only four-bit values have them.
    if (plan.scale_dtype == Dtype::kU8 && weight->dtype == Dtype::kF4) plan.scale_dtype = Dtype::kF8E8M0;
    if (!is_scale_type(plan.scale_dtype)) return false;
    auto scale_shape = tensors_[scale].shape;
    if (!fit_blocks(weight->shape, scale_shape, plan)) return false;
    // Four bits are never written without a scale per group of 16 or 32.
    if (weight->dtype == Dtype::kF4 && plan.block.back() != 16 && plan.block.back() != 32) return false;
    if (const auto zero = place_of(base, scheme.zero)) {
      if (tensors_[*zero].shape != scale_shape || !is_eight_bit(tensors_[*zero].dtype)) return false;
      plan.zero_point = zero;
      tensors_[*zero].storage = Storage::kScale;
    }
    if (const auto global = place_of(base, scheme.global)) {
      if (tensors_[*global].elements != 1 || !is_scale_type(tensors_[*global].dtype)) return false;
      plan.global = global;
      tensors_[*global].storage = Storage::kScale;
    }
    tensors_[i].shape = weight->shape;
    tensors_[i].dtype = weight->dtype;
    tensors_[i].elements = weight->elements;
    tensors_[i].storage = Storage::kScaled;
    tensors_[scale].storage = Storage::kScale;
    plans_.emplace(i, std::move(plan));
    return true;
  }

  std::vector<TensorInfo>& tensors_;
  std::vector<Notice>& notices_;
  std::span<const ByteSource> sources_;
  std::unordered_map<std::string, std::size_t> places_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> packed_;  // scheme: first tensor, how many
  ScalePlans plans_;
};

}  // namespace

ScalePlans find_scaled_weights(std::vector<TensorInfo>& tensors, std::vector<Notice>& notices,
                               std::span<const ByteSource> sources) {
  return Finder{tensors, notices, sources}.run();
}

}  // namespace pedigree::io
