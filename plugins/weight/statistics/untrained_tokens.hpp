// SPDX-License-Identifier: MIT
// W8: rows of tokens that training never saw keep the direction they were initialised with.
#pragma once

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

struct UntrainedTokens {
  double correlation = 0;         ///< Mantel: correlation of the off-diagonal row cosines of both models
  double log10_p = 0;             ///< exact by relabelling rows: at least 1 / (relabellings + 1)
  double same_basis_cosine = 0;   ///< mean cosine of row i with row i, where widths agree
  double same_basis_log10_p = 0;  ///< the same with relabelled rows: fixed points of mutual neighbours (exact)
  std::size_t rows = 0;           ///< rows alive in both
  bool valid = false;
};

/// Rows of the same never-trained tokens. Preconditions, checked: eight rows at least that are not
/// zero, not all alike (cosine of neighbours below 0.99) in both models. Rows are exchangeable at
/// initialisation and stay so when no gradient names them. O(n^2 d + relabellings n^2).
UntrainedTokens compare_untrained(Matrix subject, Matrix reference, std::uint64_t seed, int relabellings = 999);

}  // namespace pedigree::weight
