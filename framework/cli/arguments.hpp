// SPDX-License-Identifier: MIT
// A verb's options and operands, parsed strictly: no guessing of prefixes, did-you-mean for typing errors.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "framework/cli/session.hpp"

namespace pedigree::cli {

namespace po = boost::program_options;

/// What `pedigree VERB --help` shows beside the options: examples first. Its sentence is "help.VERB" of the catalogue,
/// an option's is "help.VERB.OPTION" or, the same for all verbs, "option.OPTION".
struct Help {
  std::string verb;
  std::string usage;                  ///< "pedigree compare SUBJECT REFERENCE... [options]"
  std::vector<std::string> examples;  ///< whole command lines
};

/// How parsing ended: go on, or leave with `code` (help was shown, or an error was told).
struct Arguments {
  bool go_on = false;
  ExitCode code = kDone;
  po::variables_map values;
  std::vector<std::string> operands;

  bool has(const char* name) const { return values.count(name) != 0; }
  std::string text(const char* name) const { return has(name) ? values[name].as<std::string>() : std::string{}; }
  std::vector<std::string> list(const char* name) const {
    return has(name) ? values[name].as<std::vector<std::string>>() : std::vector<std::string>{};
  }
};

/// Parses `arguments`. At least `least` and at most `most` operands (0 = any number).
Arguments parse(Session& session, const Help& help, const po::options_description& options,
                const std::vector<std::string>& arguments, std::size_t least, std::size_t most);

/// Tells a usage error on stderr, with the command that shows the help.
ExitCode usage_error(const Session& session, const std::string& verb, const std::string& message);

/// " (did you mean 'x'?)" or "".
std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace pedigree::cli
