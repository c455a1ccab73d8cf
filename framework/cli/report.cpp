// SPDX-License-Identifier: MIT
// pedigree report RUN: a kept run again, in another form or language; nothing is run.
#include "framework/cli/arguments.hpp"
#include "framework/cli/formats.hpp"
#include "framework/cli/kept_report.hpp"
#include "framework/cli/verbs.hpp"

namespace pedigree::cli {
namespace {

const Help kHelp{"report",
                 "pedigree report RUN [options]",

                 {"pedigree report runs/mine", "pedigree report runs/mine --lang ko",
                  "pedigree report report.json --format ndjson"}};

}  // namespace

ExitCode report_again(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  auto add = options.add_options();
  add("format", po::value<std::string>()->default_value("text"));
  add("lang", po::value<std::string>());
  add("verbose,v", po::bool_switch());
  const auto arguments = parse(session, kHelp, options, words, 1, 1);
  if (!arguments.go_on) return arguments.code;
  const auto* format = find_format(session, "report", arguments.text("format"));
  if (format == nullptr) return kUsage;
  const auto lang = choose_language(session, arguments.text("lang"), *format);
  const auto report = read_kept_report(arguments.operands.front());
  if (!report) {
    session.console.error(report.error());
    return kEnvironment;
  }
  session.console.result(
      format->render(*report, render_context(session, lang, arguments.values["verbose"].as<bool>())));
  return kDone;
}

}  // namespace pedigree::cli
