// SPDX-License-Identifier: MIT
// Runs a fixture plugin in a real worker.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "framework/plugin/manifest.hpp"
#include "framework/worker/worker.hpp"

namespace pedigree::testing {

/// The fixtures' manifests, read without the trust rules (the build folder may be anywhere).
const std::vector<plugin::Manifest>& fixtures();

struct FixtureRun {
  std::string analyzer = "hostile.acts";
  nlohmann::json config = nlohmann::json::object();
  std::vector<worker::JobArtifact> artifacts{};
  std::vector<worker::JobModel> models{{"us/subject", "subject"}, {"them/one", "suspect"}, {"them/two", "suspect"}};
  std::chrono::milliseconds wall{180'000}, grace{300};
  std::uint64_t memory_bytes = 512ull << 20;
  std::string scratch_dir{};
  std::stop_token stop{};
  std::function<void()> on_evidence{};       ///< called at each measurement, while the worker runs
  const plugin::Manifest* plugin = nullptr;  ///< instead of the fixture's own manifest
};

struct Observed {
  worker::WorkerResult result;
  std::vector<std::string> log;
  std::vector<double> progress;
  std::size_t evidence_seen = 0;
};

Observed run_fixture(const FixtureRun& run);
/// The hostile fixture doing `act`.
Observed act(const std::string& act, std::function<void(FixtureRun&)> adjust = {});

std::string kind_of(const Observed& observed);  ///< "crashed", ...

}  // namespace pedigree::testing
