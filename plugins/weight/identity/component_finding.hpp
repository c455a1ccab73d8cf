// SPDX-License-Identifier: MIT
// What the pass says about one component of the subject against one reference.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plugins/weight/identity/copies.hpp"
#include "plugins/weight/identity/identical_pieces.hpp"
#include "plugins/weight/identity/norm_gains.hpp"
#include "plugins/weight/identity/stream_pairs.hpp"

namespace pedigree::weight {

/// The simple measures of one (layer, role), summed over its tensors (experts, biases apart).
struct LayerMeasure {
  int layer = -1;
  io::Role role = io::Role::kUnknown;
  PairSums sums;
};

struct ComponentFinding {
  io::Component component = io::Component::kUnknown;
  // Matrices compared element by element
  std::vector<LayerMeasure> layers;
  std::size_t matrices = 0;
  double mean_cosine = 0, mean_centred = 0,
         mean_relative_l2 = 0;   ///< plain means over matrices, as the study took them
  PairSums total;                ///< over all matrices
  std::uint64_t not_finite = 0;  ///< NaN and infinite values on either side, vectors included
  // Tensors with identical bytes
  std::size_t tensors = 0, identical = 0, renamed = 0, moved = 0;
  std::size_t different = 0;                     ///< pairs in which any element differs, small tensors included
  std::uint64_t bytes = 0, identical_bytes = 0;  ///< learned tensors of the subject with enough entropy
  std::vector<Copy> copies;                      ///< listed ones, at most kListedCopies
  // Exact test on pieces
  std::size_t tests = 0;  ///< p-values looked at
  PieceTest best;
  std::string best_tensor;
  double log10_p = 0;            ///< corrected for all of them
  double equal_bytes_share = 0;  ///< share of the component's bytes in tensors that pass alone
  GainTest gains;
};

inline constexpr std::size_t kListedCopies = 64;

/// Everything about one pair of models.
struct Comparison {
  Pairing pairing;
  PassResult pass;
  std::vector<ComponentFinding> components;  ///< in the order of io::Component
};

/// Told the fraction done and, while tensors are read, the bytes read and in all (0 and 0 afterwards);
/// answers whether to go on.
using ComparisonWatch = std::function<bool(double fraction, std::uint64_t done, std::uint64_t all)>;

/// Runs the pass, the piece tests, the search for copies and the gain tests. What was finished when
/// `watch` said no is kept.
Comparison compare_models(const ModelTensors& subject, const ModelTensors& reference, unsigned threads,
                          std::uint64_t seed, const ComparisonWatch& watch);

}  // namespace pedigree::weight
