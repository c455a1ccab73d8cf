// SPDX-License-Identifier: MIT
// Findings and judgement as evidence.
#pragma once

#include "pedigree/analyzer.hpp"
#include "plugins/weight/decide/judgement.hpp"
#include "plugins/weight/statistics/layer_plane.hpp"
#include "plugins/weight/statistics/untrained_tokens.hpp"

namespace pedigree::weight {

/// Everything said of one component and one reference.
struct ComponentReport {
  std::string reference;
  std::string component;
  ComponentFinding finding;
  Judgement judgement;
  UntrainedTokens untrained;
  LayerPlane plane;
};

/// Emits all signals of a component; the embedding as a component of its own.
void emit_component(const Host& host, const ComponentReport& report);

}  // namespace pedigree::weight
