// SPDX-License-Identifier: MIT
// Which changes lie between a reference and its descendant, read off the measurements.
#pragma once

#include "plugins/weight/decide/judgement.hpp"

namespace pedigree::weight {

std::vector<Kind> kinds_of(const ComponentFinding& finding, const Judgement& judgement);

}  // namespace pedigree::weight
