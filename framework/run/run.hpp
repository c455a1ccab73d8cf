// SPDX-License-Identifier: MIT
// One run: from a checked pipeline to a report, with everything found on the way kept.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/artifact/resolve.hpp"
#include "framework/catalog/catalog.hpp"
#include "framework/core/diagnostic.hpp"
#include "framework/core/evidence.hpp"
#include "framework/pipeline/pipeline.hpp"
#include "framework/plugin/manifest.hpp"

namespace pedigree::run {

/// What a run may use. Nothing is read from the process itself.
struct Settings {
  const std::vector<plugin::Manifest>* plugins = nullptr;
  const catalog::Catalog* catalog = nullptr;
  artifact::Environment environment;
  std::string worker_program;          ///< absolute path of pedigree-worker
  unsigned jobs = 1;                   ///< workers at once; the result does not depend on it
  unsigned cores = 1;                  ///< shared among the workers
  std::filesystem::path cache_folder;  ///< results and digests by content; empty: none
  bool rehash = false;                 ///< read every file again, whatever is remembered
  std::filesystem::path run_folder;    ///< where everything is kept; empty: nowhere
  bool resume = false;                 ///< continue the run in run_folder
  std::string lang = "en";
};

/// Something happened. Sent under a lock: an observer never runs twice at once.
struct Event {
  enum class Kind { run_start, analyzer_start, progress, log, evidence, analyzer_end, run_end };
  Kind kind = Kind::run_start;
  std::string analyzer, reference;  ///< empty where it does not apply
  double fraction = 0;              ///< progress: of this analyzer
  std::string text;                 ///< phase, message, outcome
  std::size_t done = 0, total = 0;  ///< analyzer runs finished and planned
  bool cached = false;              ///< analyzer_end: the result was at hand already
};
const char* to_string(Event::Kind kind);  ///< "analyzer.start"
using Observer = std::function<void(const Event&)>;

struct RunResult {
  nlohmann::json report;         ///< pedigree/report/v1
  std::size_t evidence = 0;      ///< how many pieces were found
  bool interrupted = false;      ///< stopped before the end; the report is partial
  bool aborted = false;          ///< an analyzer with on_error: abort failed
  std::optional<Error> storage;  ///< the run folder could not be written (disk full): results are in `report` only
  std::vector<artifact::Notice> notices;  ///< about the models' files
};

/// Runs a pipeline. Errors before any work: MODEL_NOT_FOUND and ARTIFACT_* (a model cannot be
/// read), RUN_FOLDER_* (cannot be used, is used by another run), RESUME_DIFFERS.
Result<RunResult> run(const pipeline::Pipeline& pipeline, const Settings& settings, const Observer& observer,
                      std::stop_token stop);

/// Compares a verdict with what a pipeline expects; one line per difference, none when it holds.
std::vector<std::string> check_expectation(const pipeline::Expectation& expectation, const nlohmann::json& report);

}  // namespace pedigree::run
