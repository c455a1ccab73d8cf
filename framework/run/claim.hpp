// SPDX-License-Identifier: MIT
// What the maker claims reaches the analyzers that can check it.
#pragma once

#include <map>
#include <vector>

#include "framework/pipeline/pipeline.hpp"
#include "framework/plugin/manifest.hpp"

namespace pedigree::run {

/// The claim's facts as options, by name: parameters, tokens, steps ...; hardware's as accelerator,
/// accelerators, hours (of wall time) and accelerator_hours. Pure.
nlohmann::json claim_options(const nlohmann::json& claim);

/// Fills the options of every analyzer that declares one of the claim's names and is not given it in
/// `with:`. What `with:` says wins.
void hand_over_claim(pipeline::Pipeline& pipeline, const std::vector<plugin::Manifest>& plugins);

}  // namespace pedigree::run
