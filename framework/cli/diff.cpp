// SPDX-License-Identifier: MIT
// pedigree diff RUN_A RUN_B: what moved between two kept runs, and why.
#include "framework/cli/arguments.hpp"
#include "framework/cli/formats.hpp"
#include "framework/cli/kept_report.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/report/forms/forms.hpp"

namespace pedigree::cli {
namespace {

const Help kHelp{"diff",
                 "pedigree diff RUN_A RUN_B [options]",

                 {"pedigree diff runs/before runs/after", "pedigree diff a/report.json b/report.json --format json"}};

}  // namespace

ExitCode diff(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  auto add = options.add_options();
  add("format", po::value<std::string>()->default_value("text"));
  add("lang", po::value<std::string>());
  const auto arguments = parse(session, kHelp, options, words, 2, 2);
  if (!arguments.go_on) return arguments.code;
  const auto* format = find_format(session, "diff", arguments.text("format"));
  if (format == nullptr) return kUsage;
  const std::string name{format->name};
  if (name != "text" && name != "json") {
    usage_error(session, "diff", "unknown format '" + name + "' for a difference; known: text|json");
    return kUsage;
  }
  const auto lang = choose_language(session, arguments.text("lang"), *format);
  const auto before = read_kept_report(arguments.operands[0]), after = read_kept_report(arguments.operands[1]);
  for (const auto* side : {&before, &after})
    if (!side->ok()) {
      session.console.error(side->error());
      return kEnvironment;
    }
  const auto moved = report::difference(*before, *after);
  session.console.result(name == "json" ? moved.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
                                        : report::difference_text(moved, lang));
  return kDone;
}

}  // namespace pedigree::cli
