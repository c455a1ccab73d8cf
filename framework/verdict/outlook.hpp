// SPDX-License-Identifier: MIT
// What would change a verdict: missing evidence, and other settings.
#pragma once

#include <vector>

#include "framework/verdict/judge.hpp"

namespace pedigree::verdict {

/// Evidence that is missing, by how many points of score it could move the verdict, found by
/// weighing again with that evidence at its cap, for descent and against it.
std::vector<NextEvidence> next_evidence(const CaseIndex& index, const Draft& draft, const Profile& profile);

/// The verdict with the prior and every weight and cap halved and raised by half, one at a time.
std::vector<SensitivityCase> sensitivity(const CaseIndex& index, const Profile& profile);

}  // namespace pedigree::verdict
