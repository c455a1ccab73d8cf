// SPDX-License-Identifier: MIT
// A place in the vocabulary where embedding rows change character at once: the seam of an extension.
#pragma once

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

struct RowBoundary {
  std::size_t row = 0;  ///< first row behind the seam
  double contrast =
      0;  ///< jump of the mean log length between the windows on both sides, in pooled standard deviations
  double cosine_contrast = 0;  ///< the same of the cosine to the mean row
  double strength = 0;         ///< in [0, 1): the larger contrast c as c / (1 + c)
  bool valid = false;
};

/// Best seam over all places, windows of `window` rows on either side. An effect size, not a test:
/// token ids follow frequency, so rows are not exchangeable. O(V d).
RowBoundary row_boundary(const Matrix& rows, std::size_t window);

}  // namespace pedigree::weight
