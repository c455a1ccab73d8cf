// SPDX-License-Identifier: MIT
// Files that hold a LoRA adapter and no model. Sees no matrix: identity/ is compiled without the kernels' flags.
#pragma once

#include <string_view>

#include "pedigree/io/tensor_store.hpp"

namespace pedigree::weight {

/// Nothing but the factors of a LoRA adapter (and modules it replaces whole): changes to a base, not a model.
bool only_adapter(const io::TensorStore& store);

inline constexpr std::string_view kOnlyAdapter =
    "its weights are a LoRA adapter, which holds changes to a base and no model; merge it into its base to compare "
    "weights";

}  // namespace pedigree::weight
