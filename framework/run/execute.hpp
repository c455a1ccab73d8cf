// SPDX-License-Identifier: MIT
// Runs the jobs of a plan, several workers at a time, in an order that nobody can see afterwards.
#pragma once

#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "framework/run/inputs.hpp"
#include "framework/run/plan.hpp"
#include "framework/run/records.hpp"
#include "framework/run/result_cache.hpp"
#include "framework/run/run.hpp"
#include "framework/run/run_folder.hpp"

namespace pedigree::run {

/// What the jobs of one run share.
struct Execution {
  const pipeline::Pipeline* pipeline = nullptr;
  const Settings* settings = nullptr;
  const Plan* plan = nullptr;
  const std::vector<artifact::ResolvedModel>* models = nullptr;
  const std::vector<std::string>* keys = nullptr;  ///< job_key of each job
  const ResultCache* cache = nullptr;
  RunFolder* folder = nullptr;  ///< may be nullptr
  Observer observer;
};

struct Executed {
  std::vector<JobResult> results;  ///< one per job, in the order of the plan
  bool aborted = false;
};

/// Runs everything, taking finished results from the run folder and the cache. A stop request ends
/// running workers and turns the jobs not yet started into `cancelled`.
Executed execute(const Execution& execution, std::stop_token stop);

}  // namespace pedigree::run
