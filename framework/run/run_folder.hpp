// SPDX-License-Identifier: MIT
// The folder of one run: evidence as it arrives, and whole files at the end.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "framework/core/descriptor.hpp"
#include "framework/core/diagnostic.hpp"
#include "framework/run/records.hpp"

namespace pedigree::run {

/// What identifies a run: resuming needs the same.
struct RunIdentity {
  std::string resolved_pipeline;  ///< text of pipeline.resolved.yaml
  nlohmann::json inputs, plugins;
};

/// Layout: pipeline.resolved.yaml inputs.json plugins.json, evidence.ndjson and log.ndjson
/// (appended; evidence flushed to disk after each analyzer), report.json and verdict.json (written
/// beside and renamed). One process at a time holds `.lock`. After the first failed write nothing
/// more is written and problem() says why; what was written before stays. Thread-safe.
class RunFolder {
 public:
  /// Takes the folder. Fresh: earlier files of a run in it are removed. Resumed: they must agree
  /// with `identity`. Errors: RUN_FOLDER_UNUSABLE, RUN_FOLDER_LOCKED, RESUME_DIFFERS (with the
  /// difference), RESUME_NOTHING, DISK_FULL.
  static Result<RunFolder> open(const std::filesystem::path& folder, const RunIdentity& identity, bool resume);
  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&&) = delete;

  /// Results of the run that is being resumed, by job key: only those that need no second try.
  const std::map<std::string, JobResult>& finished() const { return finished_; }
  void append_result(const std::string& key, const JobResult& result);
  void append_log(const nlohmann::json& line);
  void write_file(const std::string& name, std::string_view bytes);
  std::filesystem::path scratch_for(const std::string& analyzer);
  std::optional<Error> problem() const;

 private:
  RunFolder() = default;
  Status take(const std::filesystem::path& folder);
  Status start_fresh(const RunIdentity& identity);
  Status check_same(const RunIdentity& identity);
  Status open_logs();
  void append(const Descriptor& file, const std::string& name, std::string_view text, bool flush);

  std::filesystem::path folder_;
  Descriptor lock_, evidence_, log_;
  std::map<std::string, JobResult> finished_;
  mutable std::mutex mutex_;
  std::optional<Error> problem_;
};

}  // namespace pedigree::run
