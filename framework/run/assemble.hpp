// SPDX-License-Identifier: MIT
// From results to the case that is weighed: what was compared with whom, what was declared, what is missing.
#pragma once

#include <vector>

#include "framework/artifact/model.hpp"
#include "framework/pipeline/pipeline.hpp"
#include "framework/run/obvious.hpp"
#include "framework/run/plan.hpp"
#include "framework/run/records.hpp"
#include "framework/verdict/verdict.hpp"

namespace pedigree::run {

/// Pure: results in the order of the plan, so the case does not depend on who finished first.
verdict::Case assemble(const pipeline::Pipeline& pipeline, const std::vector<artifact::ResolvedModel>& models,
                       const Plan& plan, const std::vector<JobResult>& results,
                       const std::vector<OwedReference>& missing);

}  // namespace pedigree::run
