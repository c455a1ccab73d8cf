// SPDX-License-Identifier: MIT
// ${vars.NAME} everywhere, ${env:NAME} and ${env:NAME:-default} inside `vars:`. The result is text, never YAML again.
#pragma once

#include <map>
#include <string>

#include "framework/pipeline/node.hpp"

namespace pedigree::pipeline {

using Variables = std::map<std::string, std::string>;

/// The values of `vars:` with the environment filled in. `vars` may be null (no variables).
Variables resolve_variables(const Node* vars, const std::map<std::string, std::string>& environment,
                            Findings& findings);

/// Fills every text of the document in place, except `schema`, `extends` and `vars`. $${ stands for ${.
void interpolate(Node& root, const Variables& variables, Findings& findings);

}  // namespace pedigree::pipeline
