// SPDX-License-Identifier: MIT
// A report kept by an earlier run.
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "framework/core/diagnostic.hpp"

namespace pedigree::cli {

/// Reads a run folder's report.json, or the file itself. Error: RUN_UNREADABLE, JSON_*.
Result<nlohmann::json> read_kept_report(const std::filesystem::path& argument);

}  // namespace pedigree::cli
