// SPDX-License-Identifier: MIT
// An exact test on bit-identical pieces: how many columns of a matrix are found again, bit for bit,
// at the same index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "plugins/weight/identity/model_tensors.hpp"

namespace pedigree::weight {

/// Pieces are columns cut to a few sampled rows. Relabelling the columns of one model uniformly
/// (they are residual dimensions or hidden units, exchangeable under random initialisation and a
/// permutation-equivariant optimiser) moves the pieces with their labels, so that `fixed` of the
/// `matched` pieces that both models hold exactly once fall on their own index with
/// P(F >= k) <= [M]_k / ([n]_k k!). Pieces that occur twice in a model (constant columns) never count.
struct PieceTest {
  std::size_t units = 0;         ///< columns
  std::size_t matched = 0;       ///< pieces found exactly once in each model
  std::size_t fixed = 0;         ///< of these, at one index
  std::size_t sampled_rows = 0;  ///< elements of a piece
  double log10_p = 0;            ///< corrected for the piece lengths tried
  double chance_equal = 0;       ///< share of equal bits expected under relabelling, from the sampled rows
};

/// True when the stored columns of a tensor of this role are exchangeable labels.
bool columns_are_exchangeable(const io::TensorRole& role);

/// Runs the test with pieces of 4, 16 and 64 elements and keeps the best, paying for the choice.
/// Nothing when the tensor has no such columns, the types cannot be equal, or reading fails.
/// Cost: 64 rows of either tensor.
std::optional<PieceTest> identical_pieces(const ModelTensors& subject, const ModelTensors& reference,
                                          const TensorPair& pair);

}  // namespace pedigree::weight
