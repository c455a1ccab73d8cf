// SPDX-License-Identifier: MIT
// From the merged document to a pipeline::Pipeline, with the checks that need more than the vocabulary.
#pragma once

#include "framework/pipeline/node.hpp"
#include "framework/pipeline/pipeline.hpp"
#include "framework/pipeline/reader.hpp"

namespace pedigree::pipeline {

/// Checks analyzers against the installed ones, `with:` against their schemas, references against the catalog, files
/// against the disk, pins against the plugins; adds what is wrong to `findings`. `merged` holds no null outside
/// `artifacts:`. Without all parents (`parents_complete`) nobody complains of missing steps. The pipeline is complete
/// when nothing failed.
Pipeline build_pipeline(const Node& merged, bool parents_complete, const ReadContext& context, Findings& findings);

}  // namespace pedigree::pipeline
