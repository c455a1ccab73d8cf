// SPDX-License-Identifier: MIT
#include "plugins/weight/model/attention_rows.hpp"

#include <numeric>
#include <utility>

namespace pedigree::weight {
namespace {

constexpr std::uint64_t kHeldBytes = std::uint64_t{192} << 20;
constexpr AttentionPart kParts[] = {AttentionPart::kQuery, AttentionPart::kKey, AttentionPart::kValue,
                                    AttentionPart::kOutput};

template <class Parts>
auto& member(Parts& parts, AttentionPart part) {
  switch (part) {
    case AttentionPart::kQuery:
      return parts.q;
    case AttentionPart::kKey:
      return parts.k;
    case AttentionPart::kValue:
      return parts.v;
    case AttentionPart::kOutput:
      return parts.o;
  }
  return parts.q;
}

/// Rows and columns of the part as read, before the map.
std::pair<std::uint64_t, std::uint64_t> shape(const AttentionView& attention, AttentionPart part) {
  const WeightRef& ref = member(attention, part);
  if (!ref.present()) return {0, 0};
  return part == AttentionPart::kOutput ? std::pair{ref.inputs, ref.rows()} : std::pair{ref.rows(), ref.inputs};
}

}  // namespace

AttentionRows::AttentionRows(AttentionParts parts) : held_(std::move(parts)), width_(held_.q.cols()) {}

AttentionRows::AttentionRows(const ModelView& model, const ComponentView& component, const LayerView& layer,
                             ResidualMap map)
    : is_held_(false), model_(&model), component_(&component), layer_(&layer), map_(std::move(map)) {
  std::uint64_t bytes = 0;
  for (const auto part : kParts) {
    const auto [rows, columns] = shape(layer.attention, part);
    bytes += rows * columns * sizeof(float);
    if (rows > 0 && !map_.takes(static_cast<Index>(columns))) layer_ = nullptr;  // no matrices of this residual stream
  }
  if (layer_ == nullptr) {
    is_held_ = true;
    return;
  }
  if (rows(AttentionPart::kQuery) > 0) width_ = read_from_file(AttentionPart::kQuery, 0, 1).cols();
  if (bytes > kHeldBytes) return;
  for (const auto part : kParts)
    if (const Index count = rows(part); count > 0) member(held_, part) = read_from_file(part, 0, count);
  is_held_ = true;
}

Index AttentionRows::rows(AttentionPart part) const {
  if (is_held_) return member(held_, part).rows();
  return static_cast<Index>(shape(layer_->attention, part).first);
}

bool AttentionRows::complete() const {
  for (const auto part : kParts)
    if (rows(part) == 0) return false;
  return true;
}

Matrix AttentionRows::read(AttentionPart part, Index first, Index count) const {
  return is_held_ ? Matrix(member(held_, part).middleRows(first, count)) : read_from_file(part, first, count);
}

Matrix AttentionRows::read_from_file(AttentionPart part, Index first, Index count) const {
  std::vector<std::uint32_t> picked(static_cast<std::size_t>(count));
  std::iota(picked.begin(), picked.end(), static_cast<std::uint32_t>(first));
  const WeightRef& ref = member(layer_->attention, part);
  Matrix out = part == AttentionPart::kOutput ? load_columns(model_->store(), ref, picked)
                                              : load_rows(model_->store(), ref, picked);
  silence_non_finite_rows(out);
  fold_attention(*model_, *component_, *layer_, part == AttentionPart::kOutput, out);
  return map_.apply(out);
}

}  // namespace pedigree::weight
