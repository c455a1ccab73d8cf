// SPDX-License-Identifier: MIT
// Digests of everything the planned analyzers will read, and the key of a job made from them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/artifact/digest_memory.hpp"
#include "framework/artifact/model.hpp"
#include "framework/run/plan.hpp"

namespace pedigree::run {

/// One file or fact that was read, with its digest.
struct Input {
  std::string model, role, name;
  std::string path;  ///< as shown in reports: the file, or "catalog:<id>/config.json"
  artifact::Digest digest;
};

/// The inputs of a run: digests[model][file], in the order of the models' files; an entry with an
/// empty digest is a file nobody reads.
struct Inputs {
  std::vector<std::vector<artifact::Digest>> digests;
  std::vector<Input> used;     ///< sorted as the models are
  std::string subject_digest;  ///< SHA-256 over role, name and digest of the subject's used files
};

/// True when the analyzer is handed this file.
bool reads(const plugin::AnalyzerManifest& analyzer, const artifact::File& file);

/// Bytes that hash_inputs would read from files now.
std::uint64_t bytes_to_hash(const Plan& plan, const std::vector<artifact::ResolvedModel>& models,
                            artifact::DigestMemory& memory);

/// Hashes what the plan reads, `jobs` files at once; `watch` is called from any thread. Errors:
/// ARTIFACT_UNREADABLE, READ_CHANGED, INTERRUPTED (the watch said no).
Result<Inputs> hash_inputs(const Plan& plan, const std::vector<artifact::ResolvedModel>& models,
                           artifact::DigestMemory& memory, unsigned jobs, const HashWatch& watch = {});

/// SHA-256 over all that decides the result of a job: plugin digest, analyzer, configuration, seed,
/// models and the digests of the files it is handed.
std::string job_key(const PlannedJob& job, const pipeline::Pipeline& pipeline,
                    const std::vector<artifact::ResolvedModel>& models, const Inputs& inputs);

/// For inputs.json of the run folder.
nlohmann::json to_json(const Inputs& inputs);

}  // namespace pedigree::run
