// SPDX-License-Identifier: MIT
// A document against the vocabulary: unknown keys, wrong types, values out of range - all of them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "framework/pipeline/node.hpp"
#include "framework/pipeline/vocabulary.hpp"

namespace pedigree::pipeline {

/// Reads a map by the table. Everything wrong is added to `findings`; what is right comes back as typed JSON: numbers
/// as numbers, weights and counts as numbers, durations and sizes as their text. `with:` stays untyped text. Null
/// values are left out, except below `artifacts:`. Required keys are not asked for.
nlohmann::json read_object(const Node& node, const Object& object, Findings& findings);

/// The required keys of the merged document that are missing.
void check_required(const Node& root, Findings& findings);

}  // namespace pedigree::pipeline
