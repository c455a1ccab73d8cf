// SPDX-License-Identifier: MIT
// The evidence section of the terminal report.
#pragma once

#include "framework/report/page.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {

/// Findings, most telling first: by how far their likelihood ratio is from 1, then by p-value. A
/// wide page gets one table; a narrow one a line of facts with the finding under it.
void write_evidence(const nlohmann::json& report, const Language& language, const TextStyle& style, Page& page);

}  // namespace pedigree::report
