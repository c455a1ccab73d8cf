// SPDX-License-Identifier: MIT
// Checkpoints as one chain: each tied to the final weights by the exact test, each nearer than the last.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugins/weight/compare/watch.hpp"
#include "plugins/weight/model/model_view.hpp"

namespace pedigree::weight {

/// How strongly two checkpoints share their labels: hidden units at one index (W2) and rows of tokens
/// that training never saw (W8), both exact; the better one, paid for with a factor two.
struct SeedLink {
  double log10_p = 0;
  double cosine = 0;  ///< mean cosine of unit rows at one index: what is left of the start
  std::size_t units = 0, fixed = 0;
  std::size_t seed_rows = 0;  ///< never-trained rows compared
  double seed_log10_p = 0;
  bool comparable = false;  ///< the same blocks with the same widths
};

/// Reads at most 64 blocks of 512 units each. Exchangeability: hidden units of one block. O(blocks 512^2 d).
SeedLink seed_link(const ModelView& a, const ModelView& b, const Watch& watch);

/// One fixed sample of elements of every float tensor, for distances along the path.
class ElementSample {
 public:
  /// About `elements` elements of the model, in runs of 256 spread evenly over its tensors.
  ElementSample(const ModelView& model, std::size_t elements);
  /// The same elements of another checkpoint; nothing when it has other tensors.
  std::optional<std::vector<float>> of(const ModelView& model) const;
  std::size_t size() const { return size_; }

 private:
  struct Run {
    std::string tensor;
    std::vector<std::uint64_t> shape;
    std::uint64_t first = 0;
    std::size_t count = 0;
  };
  std::vector<Run> runs_;
  std::size_t size_ = 0;
};

/// A checkpoint on the path. Distances are root mean squares over the sample.
struct PathPoint {
  std::uint64_t step = 0;
  std::string name;
  std::vector<float> elements;
  double to_final = 0, from_start = 0;
  double turn = 0;          ///< cosine between the way here and the way on; 1 for a straight line
  double largest_move = 0;  ///< largest change of one element since the point before
  double allowed_move = 0;  ///< what AdamW can do in those steps; 0 when the learning rate is unknown
  double allowed_rms = 0, rms_move = 0;
};

/// What contradicts one training run. Steps are the points where it shows.
struct PathProblems {
  std::vector<std::uint64_t> not_nearer;  ///< further from the final weights than the point before
  std::vector<std::uint64_t> repeated;    ///< the very same weights as the point before
  std::vector<std::uint64_t> too_far;     ///< moved further than the optimiser can
  bool straight = false;                  ///< all points on one line: interpolated, not trained
  bool any() const { return straight || !not_nearer.empty() || !repeated.empty() || !too_far.empty(); }
};

/// (step, learning rate), ascending; from a training log.
using LearningRates = std::vector<std::pair<double, double>>;

/// Fills the distances of `points` (ascending steps; the last one is the final model) and finds what
/// contradicts one run. AdamW moves an element by at most lr (c + decay |theta|) a step, with
/// c = (1 - b1) / sqrt(1 - b2) = 3.2 for one element and 1 for the root mean square, where updates of
/// many steps average out (Kingma and Ba 2015, section 2.1).
PathProblems follow_path(std::vector<PathPoint>& points, const LearningRates& rates, double weight_decay);

/// Sum of the learning rates over steps (from, to], linear between logged steps; nothing outside them.
std::optional<double> summed_rate(const LearningRates& rates, double from, double to);

}  // namespace pedigree::weight
