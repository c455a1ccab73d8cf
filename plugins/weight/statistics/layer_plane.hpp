// SPDX-License-Identifier: MIT
// A picture of layers: the plane in which the layers of two models differ most (for reports only).
#pragma once

#include <vector>

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

struct LayerPoint {
  int layer = 0;
  bool of_subject = true;
  double x = 0, y = 0;
};
struct LayerPlane {
  std::vector<LayerPoint> points;
  double explained = 0;  ///< share of variance in the plane
};

/// One row per layer (subject's first). Principal components by the Gram matrix; O(L^2 n).
LayerPlane layer_plane(const Matrix& features, std::size_t subject_layers);

}  // namespace pedigree::weight
