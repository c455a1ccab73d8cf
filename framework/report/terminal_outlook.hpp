// SPDX-License-Identifier: MIT
// The last sections of the terminal report: what is missing, and what would change the verdict.
#pragma once

#include "framework/report/page.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {

/// Families without evidence and why, analyzers that failed, references that are not in the set.
void write_missing(const nlohmann::json& report, const Language& language, Page& page);

/// The missing evidence worth most, and how far the verdict hangs on the profile's numbers.
void write_change(const nlohmann::json& report, const Language& language, const TextStyle& style, Page& page);

}  // namespace pedigree::report
