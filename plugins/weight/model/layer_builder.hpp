// SPDX-License-Identifier: MIT
// From a table of tensor roles to layers, heads and experts; fused and stacked matrices taken apart.
#pragma once

#include "plugins/weight/model/model_view.hpp"

namespace pedigree::weight {

/// Attention heads as the configuration states them; 0 where unknown.
struct HeadShape {
  std::uint64_t query = 0, key_value = 0, size = 0;
};

/// The view of one component; empty when the model has no tensors of it.
ComponentView build_component(const io::TensorStore& store, const io::RoleTable& roles, io::Component component,
                              HeadShape heads);

}  // namespace pedigree::weight
