// SPDX-License-Identifier: MIT
// The strict reader of pipeline files: YAML to pipeline::Pipeline, or all that is wrong with it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/diagnostic.hpp"
#include "framework/pipeline/pipeline.hpp"
#include "framework/plugin/manifest.hpp"

namespace pedigree::pipeline {

/// What the reader may look things up in. Everything is passed; nothing is read from the process.
struct ReadContext {
  const std::vector<plugin::Manifest>* plugins = nullptr;  ///< analyzers and their option schemas
  std::vector<std::string> catalog_ids;                    ///< for did-you-mean on references
  std::vector<std::string> group_names;
  std::filesystem::path profiles;                  ///< folder of shipped profiles (extends: calibrated)
  std::map<std::string, std::string> environment;  ///< for ${env:...} inside vars
  std::vector<std::string> set;                    ///< --set path=value, in order
  std::string profile;                             ///< --profile, replaces extends
  bool check_artifacts = true;                     ///< paths must exist
  /// Checks the merged `verdict:` section (verdict::Profile::from_json); the error's place is a JSON pointer that
  /// begins with /verdict. Shown where it is written, as PED-P053. Absent: not checked.
  std::function<io::Status(const nlohmann::json&)> check_verdict = nullptr;
};

struct ReadResult {
  std::optional<Pipeline> pipeline;  ///< empty when there are errors
  Diagnostics diagnostics;
  /// For `explain --origin`: dotted path -> "file:line" | "--set" | "default"
  /// (a value the command line brought, as in make_pipeline, counts as "default").
  std::map<std::string, std::string> origins;
};

/// Reads a file (cap 1 MiB, depth and node budgets); reports every problem of it in one go.
ReadResult read_pipeline(const std::filesystem::path& file, const ReadContext& context);

/// A pipeline for `pedigree compare`: a profile with a subject and references, no file.
ReadResult make_pipeline(const ModelSpec& subject, const std::vector<ModelSpec>& references, const std::string& profile,
                         const ReadContext& context);

/// JSON Schema of the pipeline file, generated from the reader's own tables.
nlohmann::json pipeline_schema(const std::vector<plugin::Manifest>* plugins);

}  // namespace pedigree::pipeline
