// SPDX-License-Identifier: MIT
#include "plugins/weight/align/layer_map.hpp"

#include <limits>

namespace pedigree::weight {
namespace {

constexpr double kImpossible = -std::numeric_limits<double>::infinity();

/// State 0 is "no source", state m + 1 is source layer m.
double step_cost(Index from, Index to, double jump) {
  if (from == 0 || to == 0) return from == to ? 0 : jump / 2;
  return to == from + 1 ? 0 : jump;
}

}  // namespace

LayerMap align_layers(const MatrixD& similarity, double floor, double jump) {
  const Index layers = similarity.rows(), states = similarity.cols() + 1;
  if (layers == 0) return {};
  MatrixD best = MatrixD::Constant(layers, states, kImpossible);
  Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic> origin(layers, states);
  auto gain = [&](Index layer, Index state) {
    if (state == 0) return 0.0;
    const double value = similarity(layer, state - 1);
    return value >= floor ? value : kImpossible;
  };
  for (Index s = 0; s < states; ++s) best(0, s) = gain(0, s);
  for (Index l = 1; l < layers; ++l)
    for (Index s = 0; s < states; ++s)
      for (Index from = 0; from < states; ++from) {
        const double value = best(l - 1, from) + gain(l, s) - step_cost(from, s, jump);
        if (value > best(l, s)) {
          best(l, s) = value;
          origin(l, s) = from;
        }
      }
  LayerMap map(static_cast<std::size_t>(layers), -1);
  Index state = 0;
  best.row(layers - 1).maxCoeff(&state);
  for (Index l = layers - 1;; --l) {
    map[static_cast<std::size_t>(l)] = static_cast<int>(state) - 1;
    if (l == 0) return map;
    state = origin(l, state);
  }
}

}  // namespace pedigree::weight
