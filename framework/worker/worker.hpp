// SPDX-License-Identifier: MIT
// One analyzer run in a process of its own: limits, deadline, frames, and how it ended.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/core/evidence.hpp"
#include "framework/plugin/manifest.hpp"

namespace pedigree::worker {

/// A file (path) or bytes in memory (catalog facts) handed to the analyzer.
struct JobArtifact {
  std::string model, role, name;
  std::string path;   ///< absolute; opened O_RDONLY by the worker
  std::string bytes;  ///< used when path is empty; at most 16 MiB
};

struct JobModel {
  std::string id, role;
};

struct Job {
  const plugin::Manifest* plugin = nullptr;
  const plugin::AnalyzerManifest* analyzer = nullptr;
  nlohmann::json config = nlohmann::json::object();
  std::vector<JobModel> models;  ///< [0] is the subject
  std::vector<JobArtifact> artifacts;
  std::uint64_t seed = 0;
  unsigned threads = 1;
  std::uint64_t memory_bytes = 2ull << 30;  ///< RLIMIT_DATA
  std::chrono::milliseconds wall{600'000};
  std::chrono::milliseconds grace{2'000};
  std::string scratch_dir;  ///< only for analyzers with FLAG_WRITES
};

/// Called on the calling thread while the worker runs.
struct Listener {
  std::function<void(double fraction, const std::string& phase)> progress;
  std::function<void(int level, const std::string& message)> log;
  std::function<void(const EvidenceRecord&)> evidence;
};

struct WorkerResult {
  Outcome outcome;                       ///< analyzer, family, kind, message, seconds, peak_mib
  std::vector<EvidenceRecord> evidence;  ///< whatever arrived, also before a crash
  std::vector<std::string> sandbox;      ///< layers that were active: "rlimits", "no-new-privs", "landlock", ...
};

struct WorkerSettings {
  std::string worker_program;  ///< absolute path of pedigree-worker
};

/// Runs one job to its end; never throws, never blocks past wall + grace + 1 s. A stop request
/// cancels the worker (SIGTERM, grace, SIGKILL). Thread-safe: many may run at once.
WorkerResult run(const WorkerSettings& settings, const Job& job, const Listener& listener, std::stop_token stop);

}  // namespace pedigree::worker
