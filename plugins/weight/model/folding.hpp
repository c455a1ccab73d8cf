// SPDX-License-Identifier: MIT
// Matrices as the residual stream sees them: norm gains multiplied in, so that folding, resetting
// or keeping them apart makes no difference (methods: gauge fixing).
#pragma once

#include "plugins/weight/model/model_view.hpp"
#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {

/// A norm as a reader of the residual stream: x -> gain * x, LayerNorm also removes the mean.
struct NormFold {
  Vector gain;  ///< empty: ones
  bool removes_mean = false;
  /// Rows that read through this norm: W diag(gain), then rows minus their mean for LayerNorm.
  void fold_readers(Matrix& rows) const;
};
NormFold norm_fold(const io::TensorStore& store, const ComponentView& component, const io::TensorInfo* gain,
                   const io::TensorInfo* bias);

/// Units `units` of one feed-forward block, gains folded on both sides, not yet prepared (raw
/// lengths). `swap` exchanges gate and up, for files whose names do not say which is which.
UnitParts load_units(const ModelView& model, const ComponentView& component, const LayerView& layer, const MlpView& mlp,
                     const std::vector<std::uint32_t>& units, bool swap = false);

/// q, k, v as (rows, d) and o as its transpose (inputs, d), all in the residual basis, gains folded.
struct AttentionParts {
  Matrix q, k, v, o;
};

/// Gains of the norms around attention put into rows of q, k or v (writes: of o, as its transpose).
void fold_attention(const ModelView& model, const ComponentView& component, const LayerView& layer, bool writes,
                    Matrix& rows);

}  // namespace pedigree::weight
