// SPDX-License-Identifier: MIT
// Pictures of the evidence: each known shape of details becomes a figure.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "framework/report/view.hpp"

namespace pedigree::report::html {

/// All figures of a report, strongest evidence first, at most kMaximumFigures.
inline constexpr std::size_t kMaximumFigures = 40;
std::string pictures(const nlohmann::json& report, const Language& language);

}  // namespace pedigree::report::html
