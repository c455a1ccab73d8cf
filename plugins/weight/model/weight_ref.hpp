// SPDX-License-Identifier: MIT
// One logical matrix inside a stored tensor: a plain weight, one expert of a stack, the q part of a
// fused qkv, every second row of an interleaved gate_up.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pedigree/io/tensor_role.hpp"
#include "pedigree/io/tensor_store.hpp"
#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// A view; nothing is read until load(). Output o of the logical matrix (rows() of them) is stored
/// row `order[o]` or first + o * step of the (outputs, inputs) matrix at element `offset`.
struct WeightRef {
  const io::TensorInfo* tensor = nullptr;
  std::uint64_t offset = 0;  ///< elements before the matrix (stacked experts)
  std::uint64_t stored_outputs = 0, inputs = 0;
  bool transposed = false;  ///< stored (inputs, outputs)
  std::uint64_t first = 0, step = 1, count = 0;
  std::vector<std::uint32_t> order;  ///< when not empty, stored row of each output

  bool present() const { return tensor != nullptr && count > 0 && inputs > 0; }
  std::uint64_t rows() const { return count; }
  std::uint64_t stored_row(std::uint64_t output) const { return order.empty() ? first + output * step : order[output]; }
};

/// The whole tensor as a matrix; nothing when it is not comparable, not two-dimensional after
/// dropping the expert dimension, or larger than addressable.
std::optional<WeightRef> whole_matrix(const io::TensorInfo& tensor, const io::TensorRole& role,
                                      std::uint64_t expert = 0);

/// Rows `outputs` of the logical matrix, as floats. Throws InputError when the file cannot be read.
Matrix load_rows(const io::TensorStore& store, const WeightRef& ref, const std::vector<std::uint32_t>& outputs);
/// Columns `inputs` of the logical matrix, one row per column: the transpose of a selection.
Matrix load_columns(const io::TensorStore& store, const WeightRef& ref, const std::vector<std::uint32_t>& inputs);
/// How much of the file those two go through; 0 for an absent matrix.
std::uint64_t bytes_of_rows(const WeightRef& ref, std::uint64_t outputs);
std::uint64_t bytes_of_columns(const WeightRef& ref, std::uint64_t inputs);
/// A one-dimensional tensor (norm gain, bias); empty when absent.
Vector load_vector(const io::TensorStore& store, const io::TensorInfo* tensor);

/// 0 .. count-1, or `limit` of them evenly spaced: a sample fixed before anything is read.
std::vector<std::uint32_t> spread_indices(std::uint64_t count, std::uint64_t limit);

}  // namespace pedigree::weight
