// SPDX-License-Identifier: MIT
// Words beside the numbers: the source study's criteria, and how much each finding supports "from scratch".
#pragma once

#include <string>

#include "framework/verdict/profile.hpp"

namespace pedigree::verdict {

/// The first band the value meets; nullptr when the signal has no criterion or no band fits.
const CriterionBand* criterion(const EvidenceRecord& record, const Profile& profile);

/// strong indirect conditional neutral questionable contrary (docs/reference/verdict.md#support).
std::string support_word(const EvidenceRecord& record, const Profile& profile);

}  // namespace pedigree::verdict
