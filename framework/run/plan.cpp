// SPDX-License-Identifier: MIT
#include "framework/run/plan.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "pedigree/io/artifact_role.hpp"

namespace pedigree::run {
namespace {

namespace role = io::role;
using artifact::ResolvedModel;

/// The roles a family lives on; all others are read beside these.
std::vector<std::string_view> primary_roles(Family family) {
  switch (family) {
    case Family::weight:
      return {role::kWeights, role::kGguf, role::kPickle, role::kCheckpoint};
    case Family::behavior:
      return {role::kResponses};
    case Family::training_log:
      return {role::kTrainingLog, role::kCheckpoint};
    case Family::tokenizer:
      return {role::kTokenizer,     role::kGguf,           role::kVocab,
              role::kMerges,        role::kTokenizerFacts, role::kTokenizerConfig,
              role::kSpecialTokens, role::kAddedTokens,    role::kChatTemplate};
    case Family::architecture:
      return {role::kConfig, role::kGguf};
  }
  return {};
}

const char* material_of(Family family) {
  switch (family) {
    case Family::weight:
      return "no tensors at hand";
    case Family::behavior:
      return "no recorded responses at hand";
    case Family::training_log:
      return "no training log at hand";
    case Family::tokenizer:
      return "no tokenizer at hand";
    case Family::architecture:
      return "no config at hand";
  }
  return "nothing to read at hand";
}

bool has_any(const ResolvedModel& model, const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](const std::string& wanted) { return model.has(wanted); });
}

/// Roles of the analyzer that are primary to its family; all of them when none is.
std::vector<std::string> needed_roles(const plugin::AnalyzerManifest& analyzer) {
  std::vector<std::string> needed;
  const auto primary = primary_roles(analyzer.family);
  for (const auto& wanted : analyzer.roles)
    if (std::find(primary.begin(), primary.end(), wanted) != primary.end()) needed.push_back(wanted);
  return needed.empty() ? analyzer.roles : needed;
}

/// A cheap analyzer decides for itself: any role it reads will do, and one without roles always runs.
bool is_readable(const ResolvedModel& model, const plugin::AnalyzerManifest& analyzer) {
  if (analyzer.roles.empty()) return true;
  return analyzer.heavy() ? has_material(model, analyzer) : has_any(model, analyzer.roles);
}

class Planner {
 public:
  Planner(const pipeline::Pipeline& pipeline, const std::vector<ResolvedModel>& models,
          const std::vector<plugin::Manifest>& plugins)
      : pipeline_(pipeline), models_(models), plugins_(plugins) {}

  Result<Plan> all() {
    for (std::size_t step = 0; step < pipeline_.analyzers.size(); ++step)
      if (auto status = add_step(step); !status) return status.error();
    return std::move(plan_);
  }

 private:
  Status add_step(std::size_t step) {
    const auto& use = pipeline_.analyzers[step].use;
    const auto found = plugin::find_analyzer(plugins_, use);
    if (found.analyzer == nullptr) {
      return Error{"ANALYZER_MISSING", pipeline_.file, "", "no installed plugin has the analyzer '" + use + "'",
                   "see `pedigree list analyzers` and `pedigree doctor`"};
    }
    if (auto trusted = check_trust(*found.plugin); !trusted) return trusted;
    const auto& analyzer = *found.analyzer;
    plan_.analyzers.push_back(found.analyzer);
    if (!is_readable(models_.front(), analyzer)) {
      skip(analyzer, models_.front().id + ": " + lack_of(analyzer.family, models_.front()));
      return Done{};
    }
    const auto readable = readable_references(analyzer);
    if (analyzer.needs_reference() && readable.empty()) {
      skip(analyzer, models_.size() == 1 ? std::string{"no reference to compare with"}
                                         : std::string{"no reference has it: "} + material_of(analyzer.family));
      return Done{};
    }
    if (!analyzer.heavy()) {
      plan_.jobs.push_back({step, found, readable});
    } else if (!analyzer.needs_reference()) {
      plan_.jobs.push_back({step, found, {}});
    } else {
      for (const auto reference : readable) plan_.jobs.push_back({step, found, {reference}});
    }
    return Done{};
  }

  std::vector<std::size_t> readable_references(const plugin::AnalyzerManifest& analyzer) const {
    std::vector<std::size_t> readable;
    for (std::size_t i = 1; i < models_.size(); ++i)
      if (is_readable(models_[i], analyzer)) readable.push_back(i);
    return readable;
  }

  Status check_trust(const plugin::Manifest& manifest) const {
    const auto pinned = pipeline_.trusted_plugins.find(manifest.id);
    if (pinned == pipeline_.trusted_plugins.end() || pinned->second == "sha256:" + manifest.sha256) return Done{};
    return Error{
        "PLUGIN_NOT_TRUSTED", manifest.library.string(), "",
        "plugin " + manifest.id + " has digest sha256:" + manifest.sha256 + ", the pipeline trusts " + pinned->second,
        "install the pinned plugin, or change trust.plugins"};
  }

  void skip(const plugin::AnalyzerManifest& analyzer, std::string reason) {
    Outcome outcome;
    outcome.analyzer = analyzer.id;
    outcome.family = analyzer.family;
    outcome.kind = OutcomeKind::not_applicable;
    outcome.message = std::move(reason);
    plan_.skipped.push_back(std::move(outcome));
  }

  const pipeline::Pipeline& pipeline_;
  const std::vector<ResolvedModel>& models_;
  const std::vector<plugin::Manifest>& plugins_;
  Plan plan_;
};

}  // namespace

bool has_material(const ResolvedModel& model, const plugin::AnalyzerManifest& analyzer) {
  return analyzer.roles.empty() || has_any(model, needed_roles(analyzer));
}

std::string lack_of(Family family, const ResolvedModel& model) {
  std::string text = material_of(family);
  const auto primary = primary_roles(family);
  for (const auto& notice : model.notices) {
    const auto seen = io::role_of(notice.file, "{");
    if (std::find(primary.begin(), primary.end(), seen) == primary.end()) continue;
    text += " (" + notice.file + ": " + notice.message + ")";
    break;
  }
  return text;
}

Result<Plan> make_plan(const pipeline::Pipeline& pipeline, const std::vector<ResolvedModel>& models,
                       const std::vector<plugin::Manifest>& plugins) {
  return Planner{pipeline, models, plugins}.all();
}

}  // namespace pedigree::run
