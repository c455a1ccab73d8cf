// SPDX-License-Identifier: MIT
// What the chain of checkpoints shows, and the evidence it becomes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/weight/checkpoints/chain.hpp"
#include "plugins/weight/checkpoints/start_physics.hpp"

namespace pedigree::weight {

struct CheckpointFindings {
  std::uint64_t first_step = 0;
  std::optional<StartPhysics> start;          ///< of step 0; nothing when the first checkpoint is a later one
  std::map<std::string, StartPhysics> parts;  ///< of step 0: encoders and projectors, by component
  std::vector<PathPoint> points;              ///< the last one is the final model
  std::vector<SeedLink> links;                ///< of every checkpoint to the final weights
  std::vector<std::string> other_shapes;      ///< checkpoints whose tensors are not the final model's
  PathProblems problems;
  std::size_t left_out = 0;

  std::vector<std::string> foreign() const;  ///< checkpoints that no exact test ties to the final weights
  bool linked() const;                       ///< the first checkpoint is tied to the final weights
  bool bounded() const;                      ///< the learning rate was known somewhere along the path
  std::size_t between() const;               ///< checkpoints between the first and the final model
};

/// A link counts from this log10 p on (the verdict's own bar for a decisive test).
inline constexpr double kLinkLog10P = -12;

void emit_checkpoints(const Host& host, const CheckpointFindings& findings);

}  // namespace pedigree::weight
