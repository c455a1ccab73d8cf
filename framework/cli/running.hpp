// SPDX-License-Identifier: MIT
// What verify, compare, inspect and test share: the options of a run, and carrying one out.
#pragma once

#include <optional>
#include <string>

#include "framework/cli/arguments.hpp"
#include "framework/cli/formats.hpp"
#include "framework/run/run.hpp"

namespace pedigree::cli {

/// The options every running verb has.
po::options_description run_options(bool with_pipeline);

/// The options, checked, and the loaded host.
struct RunRequest {
  std::string verb;
  const Format* format = nullptr;
  std::string lang;
  std::string out;     ///< -o
  std::string expect;  ///< --expect
  std::string profile;
  bool resume = false, quiet = false, verbose = false, rehash = false, cache = true;
  unsigned jobs = 1;
  std::string progress = "auto";
  std::vector<std::string> set;
  std::vector<plugin::Manifest> plugins;
  catalog::Catalog catalog;
};

/// Nothing when an option is wrong or a plugin folder cannot be used; `code` says how to leave.
std::optional<RunRequest> prepare(Session& session, const std::string& verb, const Arguments& arguments,
                                  ExitCode& code);

/// One run's end, as a verb needs it.
struct Finished {
  ExitCode code = kDone;
  std::optional<nlohmann::json> report;
  std::string run_folder;  ///< where it was kept; may be empty
};

/// Runs the pipeline and tells errors and warnings on stderr; prints no result.
Finished carry_out(Session& session, const RunRequest& request, const pipeline::Pipeline& pipeline,
                   const std::string& run_folder);

/// Renders the report on stdout and, when the run was kept, beside report.json.
ExitCode present(Session& session, const RunRequest& request, const Finished& finished);

/// The run's own code, or code 1 when --expect names another label than the report has.
ExitCode check_label(Session& session, const RunRequest& request, const Finished& finished);

}  // namespace pedigree::cli
