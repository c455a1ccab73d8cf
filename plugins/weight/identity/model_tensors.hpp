// SPDX-License-Identifier: MIT
// Which stored tensor of the subject is held against which of the reference.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/tensor_role.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::weight {

/// One model's tensors with their roles. Immutable, thread-safe.
struct ModelTensors {
  std::string id;
  io::TensorStore store;
  io::RoleTable roles;

  /// Throws InputError when files exist but none can be read; nothing when the model has none.
  static std::optional<ModelTensors> open(std::string_view id, const std::vector<Artifact>& artifacts);

  std::span<const io::TensorInfo> tensors() const { return store.tensors(); }
  const io::TensorRole& role(std::size_t i) const { return roles.roles[i]; }
};

/// True for tensors that are learned: no masks, frequency tables, scales of a quantised weight.
bool is_learned(const io::TensorInfo& tensor, const io::TensorRole& role);

/// The type its values have once read: scaled weights are floats then, and never equal as stored.
inline io::Dtype value_type(const io::TensorInfo& tensor) {
  return tensor.storage == io::Storage::kScaled ? io::Dtype::kF32 : tensor.dtype;
}

/// Tensors of one meaning and one size in both models.
struct TensorPair {
  std::size_t subject = 0, reference = 0;  ///< indices into tensors()
  std::uint64_t elements = 0;              ///< compared: all, or the rows both have (token tables)
  bool same_name = false;
  bool whole = true;  ///< false when one side has more rows
};

struct Pairing {
  std::vector<TensorPair> pairs;  ///< in the subject's file order
  std::size_t other_shape = 0;    ///< same meaning, other size: not comparable here
  std::size_t unmatched = 0;      ///< nothing of that meaning in the reference
  std::size_t opaque = 0;         ///< a stored type whose values cannot be read
};

/// Pairs by name, then by (component, layer, role, expert). Every tensor is in at most one pair.
Pairing pair_tensors(const ModelTensors& subject, const ModelTensors& reference);

}  // namespace pedigree::weight
