// SPDX-License-Identifier: MIT
// Runs an analyzer in-process, through the real C boundary, over folders or files on disk.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "pedigree/analyzer.hpp"

namespace pedigree::testing {

/// An artifact held in memory (facts of the catalog, hostile bytes).
struct MemoryArtifact {
  std::string role, name, bytes;
};

/// One model of a comparison: every file below `path` (or the one file), plus artifacts in memory.
struct Model {
  std::string id;
  std::filesystem::path path{};
  std::vector<MemoryArtifact> memory{};
  std::string role{};  ///< "subject" or "suspect" when empty, by position
};

struct RunResult {
  pedigree_status status = PEDIGREE_OK;
  std::string error;
  std::vector<Evidence> evidence;
  std::vector<std::string> log;
  double last_progress = 0;

  /// The first evidence of a signal (and reference), or nullptr.
  const Evidence* find(std::string_view signal, std::string_view reference = {}) const;
};

RunResult run_raw(const pedigree_analyzer& analyzer, const std::vector<Model>& models, std::string_view config_json,
                  unsigned threads, const std::filesystem::path& scratch_dir = {});

/// models[0] is the subject. config_json is what `with:` would hold.
template <class A>
RunResult run_analyzer(const std::vector<Model>& models, std::string_view config_json = "{}", unsigned threads = 2,
                       const std::filesystem::path& scratch_dir = {}) {
  const auto table = std::make_unique<pedigree::detail::Table<A>>();
  return run_raw(*table->raw(), models, config_json, threads, scratch_dir);
}

}  // namespace pedigree::testing
