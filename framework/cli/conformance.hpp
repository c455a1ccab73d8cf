// SPDX-License-Identifier: MIT
// The report of pedigree-conformance in the reader's language; the program itself knows no catalogue.
#pragma once

#include <string>
#include <vector>

#include "framework/cli/exit_code.hpp"
#include "framework/cli/session.hpp"

namespace pedigree::cli {

/// Runs `words` (the program and its operands) and tells its report; its exit code is the answer.
ExitCode check_in_language(Session& session, std::vector<std::string> words);

}  // namespace pedigree::cli
