// SPDX-License-Identifier: MIT
// What will run: one worker per cheap analyzer, one per reference for heavy ones, nothing for
// analyzers that have nothing to read.
#pragma once

#include <string>
#include <vector>

#include "framework/artifact/model.hpp"
#include "framework/core/evidence.hpp"
#include "framework/pipeline/pipeline.hpp"
#include "framework/plugin/manifest.hpp"

namespace pedigree::run {

/// One worker run to be. Indices point into the pipeline's steps and the run's models.
struct PlannedJob {
  std::size_t step = 0;
  plugin::Found found;                  ///< plugin and analyzer
  std::vector<std::size_t> references;  ///< models[i] to compare; empty: the subject alone
};

struct Plan {
  std::vector<const plugin::AnalyzerManifest*> analyzers;  ///< one per step of the pipeline
  std::vector<PlannedJob> jobs;                            ///< in the order of the pipeline, then of the references
  std::vector<Outcome> skipped;                            ///< analyzers with nothing to read, with the reason
};

/// True when the model has a file that this analyzer lives on (config beside weights does not make
/// a model readable for a weight analyzer).
bool has_material(const artifact::ResolvedModel& model, const plugin::AnalyzerManifest& analyzer);

/// Why a family has nothing to look at in a model: "no tensors at hand", with the notice that explains it.
std::string lack_of(Family family, const artifact::ResolvedModel& model);

/// Errors: ANALYZER_MISSING (a step names an analyzer no installed plugin has), PLUGIN_NOT_TRUSTED
/// (the pipeline pins another digest).
Result<Plan> make_plan(const pipeline::Pipeline& pipeline, const std::vector<artifact::ResolvedModel>& models,
                       const std::vector<plugin::Manifest>& plugins);

}  // namespace pedigree::run
