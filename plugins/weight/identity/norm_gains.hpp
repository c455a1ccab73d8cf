// SPDX-License-Identifier: MIT
// The norm-weight trap: gains are positive and start at one, so their raw cosine is near 1 between
// any two models. Only what remains after centring, against relabelled dimensions, means something.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/weight/identity/model_tensors.hpp"

namespace pedigree::weight {

/// One pair of gain vectors.
struct GainPair {
  int layer = -1;
  io::Role role = io::Role::kUnknown;
  std::size_t size = 0;
  double cosine = 0;   ///< raw: an artefact of the common starting value
  double pearson = 0;  ///< after centring; 0 for constant gains
  double relative_l2 = 0;
  double bit_equal = 0;
};

/// All gains of one residual width, tested together.
struct GainTest {
  std::vector<GainPair> pairs;
  double mean_cosine = 0, mean_pearson = 0;
  double neighbour_cosine = 0;  ///< raw cosine of adjacent layers inside the subject: the same artefact
  std::size_t varying = 0;      ///< pairs in which neither side is constant
  std::size_t relabellings = 0;
  /// log10 of the exact Monte-Carlo p: one relabelling of the residual dimensions is applied to all
  /// gains at once (they share it), p = (1 + #{T_b >= T}) / (B + 1) for T = sum of Pearson.
  double log10_p = 0;
};

/// Gains of norms on the residual stream of one component. `seed` drives the relabellings.
GainTest test_gains(const ModelTensors& subject, const ModelTensors& reference, const std::vector<TensorPair>& pairs,
                    io::Component component, std::uint64_t seed);

}  // namespace pedigree::weight
