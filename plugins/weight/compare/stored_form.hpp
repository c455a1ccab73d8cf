// SPDX-License-Identifier: MIT
// How the matrices of a model are stored, by the type its file names and by the values themselves: a quantised model
// may be written as plain BF16.
#pragma once

#include <string_view>

#include "plugins/weight/model/model_view.hpp"
#include "plugins/weight/statistics/value_grid.hpp"

namespace pedigree::weight {

struct StoredForm {
  ValueTexture texture;
  std::string_view coarse;  ///< the file's type where it holds 8 bits a weight or fewer ("Q4_K", "F8_E4M3"), else empty
  double coarse_rounding = 0;  ///< what such a type usually costs, as rounding()

  /// By its type, equal steps, or few different values (up to 5 bits in groups of 32, 8-bit floats in rows).
  bool quantised() const;
  /// Relative size of the error that rounding leaves; 0 when not quantised.
  double rounding() const;
};

/// Of one matrix of a middle layer; empty for a component without any.
StoredForm stored_form(const ModelView& model, const ComponentView& component);

}  // namespace pedigree::weight
