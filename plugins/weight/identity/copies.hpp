// SPDX-License-Identifier: MIT
// Tensors stored byte for byte in both models, whatever they are called.
#pragma once

#include <string>
#include <vector>

#include "plugins/weight/identity/model_tensors.hpp"

namespace pedigree::weight {

/// Two tensors with one SHA-256.
struct Copy {
  TensorPair pair;
  std::string sha256;       ///< 64 digits
  bool same_place = false;  ///< same component, layer and role in both
};

/// Finds tensors of the subject whose bytes occur in the reference under any name or place.
/// Candidates agree in type, size and twelve sampled KiB; each is then confirmed by SHA-256 of all
/// its bytes. Left out: tensors below 4096 bytes and those of low entropy (fewer than 200 distinct
/// 16-bit words in the sample: constants, masks, tables), whose equality means nothing.
/// `skip[i]` leaves out subject tensor i. Cost: 12 KiB per tensor, plus the copies themselves.
std::vector<Copy> find_copies(const ModelTensors& subject, const ModelTensors& reference,
                              const std::vector<bool>& skip);

/// Below this many bytes equality alone means too little.
inline constexpr std::uint64_t kLeastBytes = 4096;

/// True when a sample of the tensor's bytes has enough entropy for equality to mean something.
bool has_entropy(const ModelTensors& model, const io::TensorInfo& tensor);

}  // namespace pedigree::weight
