// SPDX-License-Identifier: MIT
// The models of a run: subject first, then every reference, with files or catalog facts.
#pragma once

#include <vector>

#include "framework/artifact/resolve.hpp"
#include "framework/catalog/catalog.hpp"
#include "framework/pipeline/pipeline.hpp"

namespace pedigree::run {

/// Resolves subject and references: explicit paths, the Hub cache, then the catalog; expands
/// groups. A group leaves out the subject itself and models declared to descend from it, and names
/// every model once. Errors: those of artifact::resolve, with a suggestion from the catalog.
Result<std::vector<artifact::ResolvedModel>> gather_models(const pipeline::Pipeline& pipeline,
                                                           const catalog::Catalog& catalog,
                                                           const artifact::Environment& environment);

}  // namespace pedigree::run
