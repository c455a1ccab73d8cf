// SPDX-License-Identifier: MIT
// pedigree validate PIPELINE...: read and check, run nothing.
#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"

namespace pedigree::cli {
namespace {

const Help kHelp{
    "validate",
    "pedigree validate PIPELINE... [options]",

    {"pedigree validate my.yaml", "pedigree validate --no-artifacts --format json pipelines/models/*.yaml"}};

po::options_description own_options() {
  po::options_description options;
  auto add = options.add_options();
  add("no-artifacts", po::bool_switch());
  add("strict", po::bool_switch());
  add("set", po::value<std::vector<std::string>>()->composing());
  add("profile", po::value<std::string>());
  add("format", po::value<std::string>()->default_value("text"));
  add("plugin-dir", po::value<std::vector<std::string>>()->composing());
  return options;
}

}  // namespace

ExitCode validate(Session& session, const std::vector<std::string>& words) {
  const auto arguments = parse(session, kHelp, own_options(), words, 1, 0);
  if (!arguments.go_on) return arguments.code;
  const auto format = arguments.text("format");
  if (format != "text" && format != "json") return usage_error(session, "validate", "--format needs text or json");
  PluginChoice choice;
  choice.folders = arguments.list("plugin-dir");
  const auto plugins = load_plugins(session, choice);
  if (!plugins) return kEnvironment;
  const auto catalog = load_catalog(session);
  auto context = read_context(session, *plugins, catalog);
  context.set = arguments.list("set");
  context.profile = arguments.text("profile");
  context.check_artifacts = !arguments.values["no-artifacts"].as<bool>();
  const bool strict = arguments.values["strict"].as<bool>();
  auto all = nlohmann::json::array();
  ExitCode code = kDone;
  for (const auto& operand : arguments.operands) {
    const auto read = pipeline::read_pipeline(pipeline_file(session, operand), context);
    const bool bad = !read.pipeline || (strict && !read.diagnostics.empty());
    if (bad && code != kUsage) code = reading_code(read.diagnostics);
    if (format == "json") {
      all.push_back({{"file", operand}, {"valid", !bad}, {"diagnostics", to_json(read.diagnostics)}});
    } else {
      session.console.diagnostics(read.diagnostics);
      session.console.tell(operand + (bad ? ": invalid\n" : ": valid\n"));
    }
  }
  if (format == "json")
    session.console.result(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  return code;
}

}  // namespace pedigree::cli
