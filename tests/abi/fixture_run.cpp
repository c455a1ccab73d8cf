// SPDX-License-Identifier: MIT
#include "tests/abi/fixture_run.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "framework/core/descriptor.hpp"
#include "framework/plugin/manifest_json.hpp"

namespace pedigree::testing {

const std::vector<plugin::Manifest>& fixtures() {
  static const auto all = [] {
    std::vector<plugin::Manifest> found;
    for (const auto& entry : std::filesystem::directory_iterator{PEDIGREE_FIXTURES}) {
      if (!entry.path().string().ends_with(plugin::kManifestSuffix)) continue;
      const auto text = read_file(entry.path(), plugin::kMaxManifestBytes);
      auto manifest = plugin::parse_manifest(text.value(), entry.path().string());
      if (!manifest) throw std::runtime_error(manifest.error().text());
      manifest->library = entry.path().parent_path() / manifest->library;
      found.push_back(std::move(*manifest));
    }
    return found;
  }();
  return all;
}

Observed run_fixture(const FixtureRun& run) {
  auto found = plugin::find_analyzer(fixtures(), run.analyzer);
  if (found.plugin == nullptr) throw std::runtime_error("no fixture " + run.analyzer);
  worker::Job job;
  job.plugin = run.plugin != nullptr ? run.plugin : found.plugin;
  job.analyzer = found.analyzer;
  job.config = run.config;
  job.models = run.models;
  job.artifacts = run.artifacts;
  job.memory_bytes = run.memory_bytes;
  job.wall = run.wall;
  job.grace = run.grace;
  job.scratch_dir = run.scratch_dir;
  Observed observed;
  const worker::Listener listener{
      .progress = [&](double fraction, const std::string&) { observed.progress.push_back(fraction); },
      .log = [&](int, const std::string& message) { observed.log.push_back(message); },
      .evidence =
          [&](const EvidenceRecord&) {
            ++observed.evidence_seen;
            if (run.on_evidence) run.on_evidence();
          }};
  observed.result = worker::run({PEDIGREE_WORKER_PROGRAM}, job, listener, run.stop);
  return observed;
}

Observed act(const std::string& act, std::function<void(FixtureRun&)> adjust) {
  FixtureRun run;
  run.config = {{"act", act}};
  if (adjust) adjust(run);
  return run_fixture(run);
}

std::string kind_of(const Observed& observed) { return to_string(observed.result.outcome.kind); }

}  // namespace pedigree::testing
