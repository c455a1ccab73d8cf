// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include "pedigree/io/convert.hpp"
#include "scaled_weights.hpp"

namespace pedigree::io {
namespace {

/// Numbers [first, first + count) of a tensor, read as `dtype`.
Result<std::vector<float>> read_numbers(std::span<const TensorInfo> tensors, std::span<const ByteSource> sources,
                                        std::size_t at, Dtype dtype, std::uint64_t first, std::uint64_t count) {
  const auto& tensor = tensors[at];
  const std::uint64_t size = dtype_facts(dtype).block_bytes;  // scales are of plain types: one element each
  std::vector<std::byte> raw(static_cast<std::size_t>(count * size));
  if (auto read = sources[tensor.file].read(tensor.offset + first * size, raw); !read) return read.error();
  std::vector<float> out(static_cast<std::size_t>(count));
  convert_to_float(dtype, raw, out);
  return out;
}

/// First scale of the weight's row `row`: a row is a run of the last dimension.
std::uint64_t scale_row(const ScalePlan& plan, const std::vector<std::uint64_t>& shape, std::uint64_t row) {
  std::uint64_t at = 0;
  for (std::size_t d = shape.size() - 1; d-- > 0;) {
    at += row % shape[d] / plan.block[d] * plan.scale_stride[d];
    row /= shape[d];
  }
  return at;
}

}  // namespace

Status apply_scales(const ScalePlan& plan, std::span<const TensorInfo> tensors, std::span<const ByteSource> sources,
                    const TensorInfo& weight, std::uint64_t first, std::span<float> values) {
  if (values.empty()) return Done{};
  const std::uint64_t width = weight.shape.back(), block = plan.block.back(), stride = plan.scale_stride.back();
  const std::uint64_t first_row = first / width, last_row = (first + values.size() - 1) / width;
  std::uint64_t low = UINT64_MAX, high = 0;
  for (std::uint64_t row = first_row; row <= last_row; ++row) {
    const std::uint64_t at = scale_row(plan, weight.shape, row);
    low = std::min(low, at);
    high = std::max(high, at);
  }
  const std::uint64_t count = high - low + (width - 1) / block * stride + 1;
  auto scales = read_numbers(tensors, sources, plan.scale, plan.scale_dtype, low, count);
  if (!scales) return scales.error();
  std::vector<float> zeros;
  if (plan.zero_point) {
    auto read = read_numbers(tensors, sources, *plan.zero_point, tensors[*plan.zero_point].dtype, low, count);
    if (!read) return read.error();
    zeros = std::move(*read);
  }
  if (plan.global) {
    const auto global = read_numbers(tensors, sources, *plan.global, tensors[*plan.global].dtype, 0, 1);
    if (!global) return global.error();
    for (float& s : *scales) s = plan.over_global ? s / global->front() : s * global->front();
  }
  if (plan.constant != 1.0f)
    for (float& s : *scales) s *= plan.constant;

  for (std::size_t done = 0; done < values.size();) {
    const std::uint64_t row = (first + done) / width, column = (first + done) % width;
    const std::uint64_t end = std::min(width, (column / block + 1) * block);
    const auto run =
        values.subspan(done, static_cast<std::size_t>(std::min<std::uint64_t>(end - column, values.size() - done)));
    const auto at = static_cast<std::size_t>(scale_row(plan, weight.shape, row) - low + column / block * stride);
    const float scale = (*scales)[at];
    if (!zeros.empty())
      for (float& v : run) v -= zeros[at];
    for (float& v : run) v *= scale;
    done += run.size();
  }
  return Done{};
}

}  // namespace pedigree::io
