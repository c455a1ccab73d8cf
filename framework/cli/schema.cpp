// SPDX-License-Identifier: MIT
// pedigree schema pipeline|report|manifest
#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/plugin/manifest_schema.hpp"
#include "framework/report/report.hpp"

namespace pedigree::cli {
namespace {
const Help kHelp{"schema",
                 "pedigree schema pipeline|report|manifest [options]",

                 {"pedigree schema report > report.schema.json", "pedigree schema pipeline --with-plugins"}};
const std::vector<std::string> kDocuments{"pipeline", "report", "manifest"};
}  // namespace

ExitCode schema(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  options.add_options()("with-plugins", po::bool_switch());
  const auto arguments = parse(session, kHelp, options, words, 1, 1);
  if (!arguments.go_on) return arguments.code;
  const auto& document = arguments.operands.front();
  nlohmann::json out;
  if (document == "pipeline") {
    const auto plugins = load_plugins(session, {});
    if (!plugins) return kEnvironment;
    out = pipeline::pipeline_schema(arguments.values["with-plugins"].as<bool>() ? &*plugins : nullptr);
  } else if (document == "report") {
    out = report::report_schema();
  } else if (document == "manifest") {
    out = plugin::manifest_schema();
  } else {
    return usage_error(session, "schema",
                       "no schema is called '" + document + "'" + did_you_mean(document, kDocuments) +
                           "; known: pipeline, report, manifest");
  }
  session.console.result(out.dump(2) + "\n");
  return kDone;
}

}  // namespace pedigree::cli
