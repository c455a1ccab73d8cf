// SPDX-License-Identifier: MIT
// The checkpoints of one run, in order of their steps, and the final weights.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pedigree/analyzer.hpp"
#include "plugins/weight/model/model_view.hpp"

namespace pedigree::weight {

/// The files of one earlier checkpoint, ready for ModelView::open (roles weights and weights-index).
struct CheckpointFiles {
  std::uint64_t step = 0;
  std::string name;  ///< the folder, for people
  std::vector<Artifact> artifacts;
};

struct CheckpointSet {
  std::vector<CheckpointFiles> checkpoints;  ///< ascending steps; step 0 first when there is one
  std::vector<std::string> unnamed;          ///< checkpoint files whose names state no step
  std::size_t left_out = 0;                  ///< more checkpoints than are read: evenly thinned
};

/// Groups the subject's checkpoint artifacts by the step their names state. At most `most` are kept:
/// the first, the last, and others evenly between. Files that hold no tensors are passed over.
CheckpointSet group_checkpoints(const std::vector<Artifact>& artifacts, std::size_t most);

}  // namespace pedigree::weight
