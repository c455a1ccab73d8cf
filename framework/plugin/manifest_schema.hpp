// SPDX-License-Identifier: MIT
// JSON Schema (draft 2020-12) of NAME.pedigree.json, for `pedigree schema manifest` and other tools' editors.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace pedigree::plugin {

/// What parse_manifest() accepts, as far as a schema can say it (rules.hpp has the rest).
nlohmann::json manifest_schema();

}  // namespace pedigree::plugin
