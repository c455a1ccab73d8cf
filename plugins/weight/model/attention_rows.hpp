// SPDX-License-Identifier: MIT
// The attention matrices of one layer as the residual stream sees them, read in runs of rows: of a wide
// model they are too large to be held, and no statistic needs more than a few heads at once.
#pragma once

#include <cstdint>

#include "plugins/weight/align/residual_map.hpp"
#include "plugins/weight/model/folding.hpp"

namespace pedigree::weight {

enum class AttentionPart : std::uint8_t { kQuery, kKey, kValue, kOutput };

/// q, k, v as (outputs, d) and o as its transpose (inputs, d); gains folded, rows with a value that is not
/// finite silenced, in the basis of `map` (nothing at all when a matrix has not the width the map takes). Up to 192 MiB
/// are read at once and held; beyond, each read goes to the file. The model must outlive it. Errors of reading are
/// thrown by read and the constructor.
class AttentionRows {
 public:
  AttentionRows(AttentionParts parts);  // NOLINT(google-explicit-constructor): parts are rows that are held
  AttentionRows(const ModelView& model, const ComponentView& component, const LayerView& layer, ResidualMap map = {});

  Index rows(AttentionPart part) const;
  Index width() const { return width_; }  ///< after the map
  bool complete() const;
  Matrix read(AttentionPart part, Index first, Index count) const;

 private:
  Matrix read_from_file(AttentionPart part, Index first, Index count) const;

  AttentionParts held_;
  bool is_held_ = true;
  const ModelView* model_ = nullptr;
  const ComponentView* component_ = nullptr;
  const LayerView* layer_ = nullptr;
  ResidualMap map_;
  Index width_ = 0;
};

}  // namespace pedigree::weight
