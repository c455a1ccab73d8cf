// SPDX-License-Identifier: MIT
// The verbs, one function each. Arguments are the words after the verb.
#pragma once

#include <string>
#include <vector>

#include "framework/cli/session.hpp"

namespace pedigree::cli {

ExitCode verify(Session& session, const std::vector<std::string>& words);
ExitCode compare(Session& session, const std::vector<std::string>& words);
ExitCode inspect(Session& session, const std::vector<std::string>& words);
ExitCode validate(Session& session, const std::vector<std::string>& words);
ExitCode explain(Session& session, const std::vector<std::string>& words);
ExitCode test(Session& session, const std::vector<std::string>& words);
ExitCode list(Session& session, const std::vector<std::string>& words);
ExitCode describe(Session& session, const std::vector<std::string>& words);
ExitCode schema(Session& session, const std::vector<std::string>& words);
ExitCode report_again(Session& session, const std::vector<std::string>& words);
ExitCode diff(Session& session, const std::vector<std::string>& words);
ExitCode docs_verb(Session& session, const std::vector<std::string>& words);
ExitCode plugin_verb(Session& session, const std::vector<std::string>& words);
ExitCode signature(Session& session, const std::vector<std::string>& words);
ExitCode init(Session& session, const std::vector<std::string>& words);
ExitCode doctor(Session& session, const std::vector<std::string>& words);

}  // namespace pedigree::cli
