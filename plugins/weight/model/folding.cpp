// SPDX-License-Identifier: MIT
#include "plugins/weight/model/folding.hpp"

namespace pedigree::weight {
namespace {

/// Rows that write into the residual stream behind a post-norm: scaled by its gain.
void fold_writers(const io::TensorStore& store, const ComponentView& component, const io::TensorInfo* gain,
                  Matrix& rows) {
  if (gain == nullptr) return;
  const NormFold fold = norm_fold(store, component, gain, nullptr);
  if (fold.gain.size() == rows.cols()) rows.array().rowwise() *= fold.gain.array().transpose();
}

}  // namespace

void NormFold::fold_readers(Matrix& rows) const {
  if (gain.size() == rows.cols() && rows.rows() > 0) rows.array().rowwise() *= gain.array().transpose();
  if (!removes_mean) return;
  for (Index i = 0; i < rows.rows(); ++i) rows.row(i).array() -= rows.row(i).mean();
}

NormFold norm_fold(const io::TensorStore& store, const ComponentView& component, const io::TensorInfo* gain,
                   const io::TensorInfo* bias) {
  NormFold fold;
  fold.gain = load_vector(store, gain);
  if (!fold.gain.allFinite()) fold.gain = Vector();
  if (fold.gain.size() > 0) fold.gain.array() += static_cast<float>(component.gain_offset);
  fold.removes_mean = bias != nullptr;
  return fold;
}

UnitParts load_units(const ModelView& model, const ComponentView& component, const LayerView& layer, const MlpView& mlp,
                     const std::vector<std::uint32_t>& units, bool swap) {
  const io::TensorStore& store = model.store();
  const NormFold fold = norm_fold(store, component, layer.mlp_norm, layer.mlp_norm_bias);
  UnitParts parts;
  if (mlp.gate.present()) parts.gate = load_rows(store, swap ? mlp.up : mlp.gate, units);
  if (mlp.up.present()) parts.up = load_rows(store, swap ? mlp.gate : mlp.up, units);
  fold.fold_readers(parts.gate);
  fold.fold_readers(parts.up);
  if (mlp.down.present()) parts.down = load_columns(store, mlp.down, units);
  fold_writers(store, component, layer.post_mlp_norm, parts.down);
  return parts;
}

void fold_attention(const ModelView& model, const ComponentView& component, const LayerView& layer, bool writes,
                    Matrix& rows) {
  if (writes) return fold_writers(model.store(), component, layer.post_attention_norm, rows);
  norm_fold(model.store(), component, layer.attention_norm, layer.attention_norm_bias).fold_readers(rows);
}

}  // namespace pedigree::weight
