// SPDX-License-Identifier: MIT
// Steps between one name and the roles of a whole model.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "pedigree/io/tensor_role.hpp"

namespace pedigree::io {

/// A name's words: what stands between its dots.
std::vector<std::string_view> words_of(std::string_view name);

/// Corrects roles by what only the whole model shows (see tensor_roles).
void correct_roles(std::span<const TensorInfo> tensors, std::uint64_t hidden, std::span<TensorRole> roles);

/// Gives roles to text tensors whose names say nothing, by shape and order.
void infer_roles(std::span<const TensorInfo> tensors, const ModelShape& shape, std::uint64_t hidden,
                 std::span<TensorRole> roles);

}  // namespace pedigree::io
