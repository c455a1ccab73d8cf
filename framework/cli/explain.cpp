// SPDX-License-Identifier: MIT
// pedigree explain PIPELINE: what it means after merging, what would run and why, where values come from.
#include "framework/pipeline/explain.hpp"
#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/run/models.hpp"
#include "framework/run/plan.hpp"

namespace pedigree::cli {
namespace {
using nlohmann::json;

const Help kHelp{
    "explain",
    "pedigree explain PIPELINE [options]",

    {"pedigree explain solar-open-100b", "pedigree explain my.yaml --origin", "pedigree explain my.yaml --resolved"}};

po::options_description own_options() {
  po::options_description options;
  auto add = options.add_options();
  add("origin", po::bool_switch());
  add("resolved", po::bool_switch());
  add("format", po::value<std::string>()->default_value("text"));
  add("set", po::value<std::vector<std::string>>()->composing());
  add("profile", po::value<std::string>());
  add("plugin-dir", po::value<std::vector<std::string>>()->composing());
  return options;
}

json model_json(const artifact::ResolvedModel& model) {
  json files = json::array(), notices = json::array();
  for (const auto& file : model.files)
    files.push_back({{"role", file.role}, {"name", file.name}, {"bytes", file.size}});
  for (const auto& notice : model.notices)
    notices.push_back({{"code", notice.code}, {"file", notice.file}, {"message", notice.message}});
  return {{"id", model.id},
          {"role", model.role},
          {"revision", model.revision},
          {"resolved_from", artifact::to_string(model.origin)},
          {"location", model.location},
          {"files", std::move(files)},
          {"notices", std::move(notices)}};
}

json plan_json(const pipeline::Pipeline& pipeline, const std::vector<artifact::ResolvedModel>& models,
               const run::Plan& plan) {
  json jobs = json::array(), skipped = json::array();
  for (const auto& job : plan.jobs) {
    json references = json::array();
    for (const auto i : job.references) references.push_back(models[i].id);
    const auto& step = pipeline.analyzers[job.step];
    jobs.push_back({{"step", step.id},
                    {"analyzer", step.use},
                    {"weight", step.weight},
                    {"with", step.with},
                    {"references", std::move(references)}});
  }
  for (const auto& outcome : plan.skipped)
    skipped.push_back({{"analyzer", outcome.analyzer}, {"reason", outcome.message}});
  return {{"jobs", std::move(jobs)}, {"skipped", std::move(skipped)}};
}

std::string model_line(const Console& console, const artifact::ResolvedModel& model) {
  std::string text = "  " + model.role + std::string(model.role.size() < 9 ? 9 - model.role.size() : 1, ' ') +
                     model.id + "  [" + console.say(std::string{"origin."} + artifact::to_string(model.origin)) + "]";
  for (const auto& file : model.files) text += " " + file.role;
  text += "\n";
  for (const auto& notice : model.notices) text += "             note: " + notice.file + ": " + notice.message + "\n";
  return text;
}

std::string text_of(const Console& console, const pipeline::Pipeline& pipeline,
                    const std::vector<artifact::ResolvedModel>& models, const run::Plan& plan,
                    const std::vector<plugin::Manifest>& plugins) {
  const bool korean = console.language() == "ko" && !pipeline.question_ko.empty();
  const auto& question = korean ? pipeline.question_ko : pipeline.question;
  std::string text = pipeline.name + "\n" + (question.empty() ? "" : question + "\n") + "profile: " + pipeline.profile +
                     "\n\nmodels:\n";
  for (const auto& model : models) text += model_line(console, model);
  text += "\nsteps, with their share of the whole weight:\n" + pipeline::steps_text(pipeline, plugins);
  text += "\nwould run (" + std::to_string(plan.jobs.size()) + " workers):\n";
  for (const auto& job : plan.jobs) {
    const auto& step = pipeline.analyzers[job.step];
    text += "  " + step.use;
    if (job.references.size() == 1)
      text += " against " + models[job.references.front()].id;
    else if (!job.references.empty())
      text += " against " + std::to_string(job.references.size()) + " references";
    text += step.with.empty() ? "\n" : "  with " + step.with.dump() + "\n";
  }
  if (!plan.skipped.empty()) text += "\nwould not run:\n";
  for (const auto& outcome : plan.skipped) text += "  " + outcome.analyzer + ": " + outcome.message + "\n";
  return text;
}

ExitCode show_plan(Session& session, const pipeline::Pipeline& pipeline, const std::vector<plugin::Manifest>& plugins,
                   const catalog::Catalog& catalog, bool as_json) {
  const auto models = run::gather_models(pipeline, catalog, session.environment);
  if (!models) {
    session.console.error(models.error());
    return models.error().code == "GROUP_UNKNOWN" ? kUsage : kEnvironment;
  }
  const auto plan = run::make_plan(pipeline, *models, plugins);
  if (!plan) {
    session.console.error(plan.error());
    return kEnvironment;
  }
  if (!as_json) {
    session.console.tell(text_of(session.console, pipeline, *models, *plan, plugins));
    return kDone;
  }
  json document{{"name", pipeline.name},
                {"profile", pipeline.profile},
                {"shares", pipeline::step_shares(pipeline, plugins)},
                {"models", json::array()},
                {"plan", plan_json(pipeline, *models, *plan)}};
  for (const auto& model : *models) document["models"].push_back(model_json(model));
  session.console.result(document.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
  return kDone;
}

}  // namespace

ExitCode explain(Session& session, const std::vector<std::string>& words) {
  const auto arguments = parse(session, kHelp, own_options(), words, 1, 1);
  if (!arguments.go_on) return arguments.code;
  PluginChoice choice;
  choice.folders = arguments.list("plugin-dir");
  const auto plugins = load_plugins(session, choice);
  if (!plugins) return kEnvironment;
  const auto catalog = load_catalog(session);
  auto context = read_context(session, *plugins, catalog);
  context.set = arguments.list("set");
  context.profile = arguments.text("profile");
  const auto read = pipeline::read_pipeline(pipeline_file(session, arguments.operands.front()), context);
  session.console.diagnostics(read.diagnostics);
  if (!read.pipeline) return reading_code(read.diagnostics);
  const bool as_json = arguments.text("format") == "json";
  if (arguments.values["resolved"].as<bool>()) {
    session.console.result(as_json ? read.pipeline->resolved.dump(2, ' ', false, json::error_handler_t::replace) + "\n"
                                   : pipeline::resolved_yaml(*read.pipeline));
    return kDone;
  }
  if (arguments.values["origin"].as<bool>()) {
    const auto values = pipeline::explain_values(read, *plugins);
    session.console.result(as_json ? pipeline::explain_values_json(values).dump(2) + "\n"
                                   : pipeline::explain_values_text(values));
    return kDone;
  }
  return show_plan(session, *read.pipeline, *plugins, catalog, as_json);
}

}  // namespace pedigree::cli
