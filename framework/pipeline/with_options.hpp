// SPDX-License-Identifier: MIT
// A step's `with:` against the schema its analyzer declares.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "framework/pipeline/node.hpp"

namespace pedigree::pipeline {

/// The options as typed JSON, types taken from `schema` (a manifest's config_schema). Unknown options and values that
/// do not fit are findings. `analyzer` is named in them.
nlohmann::json read_options(const Node& with, const nlohmann::json& schema, const std::string& analyzer,
                            Findings& findings);

}  // namespace pedigree::pipeline
