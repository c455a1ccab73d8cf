// SPDX-License-Identifier: MIT
// pedigree compare SUBJECT REFERENCE... and pedigree inspect SUBJECT: a run without a pipeline file.
#include "framework/cli/running.hpp"
#include "framework/cli/verbs.hpp"

namespace pedigree::cli {
namespace {

const Help kCompareHelp{
    "compare",
    "pedigree compare SUBJECT REFERENCE... [options]",

    {"pedigree compare ./my-model ./base-model", "pedigree compare skt/A.X-K1 moonshotai/Kimi-K2-Base",
     "pedigree compare ./config.json group:well-known-bases --format json"}};
const Help kInspectHelp{"inspect",
                        "pedigree inspect SUBJECT [options]",

                        {"pedigree inspect ./my-model", "pedigree inspect upstage/Solar-Open-100B --format json"}};

pipeline::ModelSpec spec_from(const artifact::Wanted& wanted) {
  pipeline::ModelSpec spec;
  spec.id = wanted.id;
  spec.role = wanted.role;
  spec.revision = wanted.revision;
  spec.path = wanted.path;
  return spec;
}

struct Operands {
  pipeline::ModelSpec subject;
  std::vector<pipeline::ModelSpec> references;
  std::vector<pipeline::ReferenceGroup> groups;
};

/// A reference is a model, or "all" or "group:NAME" of the catalog.
Operands read_operands(const Session& session, const catalog::Catalog& catalog, const std::vector<std::string>& words) {
  Operands operands;
  std::vector<artifact::Wanted> models{artifact::from_argument(words.front(), "subject", session.environment)};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const bool group = words[i].starts_with("group:") || (words[i] == "all" && catalog.find("all") == nullptr);
    if (group) {
      operands.groups.push_back({words[i].starts_with("group:") ? words[i].substr(6) : words[i], "suspect"});
    } else {
      models.push_back(artifact::from_argument(words[i], "suspect", session.environment));
    }
  }
  artifact::make_ids_unique(models);  // a/tokenizer.json and b/tokenizer.json
  operands.subject = spec_from(models.front());
  for (std::size_t i = 1; i < models.size(); ++i) operands.references.push_back(spec_from(models[i]));
  return operands;
}

ExitCode run_without_file(Session& session, const Help& help, const std::vector<std::string>& words, bool inspect) {
  const auto arguments = parse(session, help, run_options(false), words, inspect ? 1 : 2, inspect ? 1 : 0);
  if (!arguments.go_on) return arguments.code;
  ExitCode code = kDone;
  const auto request = prepare(session, help.verb, arguments, code);
  if (!request) return code;
  if (request->resume && request->out.empty()) {
    usage_error(session, help.verb, "--resume needs -o with the folder of the run that was stopped");
    return kUsage;
  }
  const auto operands = read_operands(session, request->catalog, arguments.operands);
  const auto context = read_context(session, request->plugins, request->catalog);
  const auto profile = request->profile.empty() ? std::string{"calibrated"} : request->profile;
  auto made = pipeline::make_pipeline(operands.subject, operands.references, profile, context);
  session.console.diagnostics(made.diagnostics);
  if (!made.pipeline) return reading_code(made.diagnostics);
  made.pipeline->groups = operands.groups;
  if (inspect)
    std::erase_if(made.pipeline->analyzers, [&](const pipeline::AnalyzerStep& step) {
      const auto found = plugin::find_analyzer(request->plugins, step.use);
      return found.analyzer != nullptr && found.analyzer->needs_reference();
    });
  return present(session, *request, carry_out(session, *request, *made.pipeline, request->out));
}

}  // namespace

ExitCode compare(Session& session, const std::vector<std::string>& words) {
  return run_without_file(session, kCompareHelp, words, false);
}

ExitCode inspect(Session& session, const std::vector<std::string>& words) {
  return run_without_file(session, kInspectHelp, words, true);
}

}  // namespace pedigree::cli
