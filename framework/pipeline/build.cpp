// SPDX-License-Identifier: MIT
#include "framework/pipeline/build.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "framework/core/text.hpp"
#include "framework/pipeline/check.hpp"
#include "framework/pipeline/merge.hpp"
#include "framework/pipeline/paths.hpp"
#include "framework/pipeline/scalar.hpp"
#include "framework/pipeline/vocabulary.hpp"
#include "framework/pipeline/with_options.hpp"

namespace pedigree::pipeline {
namespace {
using nlohmann::json;

std::string text_of(const json& object, const char* key, std::string fallback = {}) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : fallback;
}

json member(const json& object, const char* key, json fallback) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && !found->is_null() ? *found : std::move(fallback);
}

constexpr std::size_t kMostNames = 20;

/// One section after the other; `resolved` is the typed form of `merged`, item for item.
class PipelineBuilder {
 public:
  PipelineBuilder(const Node& merged, json resolved, bool parents_complete, const ReadContext& context,
                  Findings& findings)
      : merged_(merged), parents_complete_(parents_complete), context_(context), findings_(findings) {
    out_.resolved = std::move(resolved);
  }

  Pipeline build() {
    json& all = out_.resolved;
    out_.name = text_of(all, "name");
    out_.question = text_of(all, "question");
    out_.question_ko = text_of(all, "question_ko");
    out_.seed = member(all, "seed", 0).get<std::uint64_t>();
    if (const Node* subject = merged_.find("subject"); subject != nullptr && subject->is_map())
      out_.subject = model(*subject, all["subject"], "subject");
    read_claim();
    read_references();
    read_steps();
    read_verdict();
    read_trust();
    read_expectation();
    warn_without_references();
    return std::move(out_);
  }

 private:
  ModelSpec model(const Node& node, json& value, std::string role) {
    ModelSpec out;
    out.id = text_of(value, "id");
    out.role = std::move(role);
    out.revision = text_of(value, "revision");
    if (const Node* path = node.find("path"); path != nullptr) {
      const auto found = expand_path(*path, context_.check_artifacts, findings_);
      if (found.size() > 1)
        findings_.add(path->place,
                      {"PED-P046", "the pattern matches " + std::to_string(found.size()) + " files; a path is one",
                       "use 'artifacts: {weights: PATTERN}' for several files"});
      if (!found.empty()) value["path"] = out.path = found.front();
    }
    const Node* artifacts = node.find("artifacts");
    if (artifacts == nullptr || !artifacts->is_map()) return out;
    for (const auto& entry : artifacts->entries) {
      auto& files = out.artifacts[entry.key];
      files = expand_path(entry.value, context_.check_artifacts, findings_);
      for (const auto& item : entry.value.items) {
        const auto more = expand_path(item, context_.check_artifacts, findings_);
        files.insert(files.end(), more.begin(), more.end());
      }
      value["artifacts"][entry.key] = files;
    }
    return out;
  }

  void read_claim() {
    out_.claim = member(out_.resolved, "claim", json::object());
    for (const auto& component : member(out_.claim, "scope", json::array()))
      if (component.is_string()) out_.claim_scope.push_back(component.get<std::string>());
    out_.claim.erase("scope");
  }

  void read_references() {
    const Node* node = merged_.find("references");
    if (node == nullptr) return;
    json& value = out_.resolved["references"];
    for (const auto& entry : node->entries)
      if (value.is_object() && value.contains(entry.key))
        reference(entry.value, value[entry.key], entry.key, entry.place);
    for (std::size_t i = 0; i < node->items.size(); ++i)
      if (value.is_array() && i < value.size()) reference(node->items[i], value[i], {}, node->items[i].place);
  }

  void warn_without_references() {
    if (!out_.references.empty() || !out_.groups.empty() || merged_.place.source < 0 || findings_.failed()) return;
    Finding finding{"PED-P041", "there is nothing to compare with", "references: all compares with the whole catalog",
                    "", "pedigree list groups"};
    finding.severity = Severity::warning;
    findings_.add({merged_.place.source, -1, 0, 1}, std::move(finding));
  }

  void reference(const Node& node, json& value, const std::string& key, const Place& place) {
    if (!node.is_map() || !value.is_object()) return;
    for (const char* name : {"id", "group"})
      if (const Node* named = node.find(name); named != nullptr && named->broken) return;
    const std::string role = text_of(value, "role", "suspect");
    if (const std::string group = text_of(value, "group"); !group.empty()) return reference_group(node, group, role);
    if (text_of(value, "id").empty() && !key.empty()) value["id"] = key;
    ModelSpec spec = model(node, value, role);
    const Node* id = node.find("id");
    const Place& at = id == nullptr ? place : id->place;
    if (spec.id.empty()) {
      findings_.add(place, {"PED-P016", "a reference has no 'id'", "id: ORGANISATION/MODEL, or group: NAME"});
      return;
    }
    if (spec.id == out_.subject.id && spec.path == out_.subject.path)
      findings_.add(at, {"PED-P040", "the subject cannot be its own reference", "remove it"});
    if (const auto [first, added] = reference_ids_.emplace(spec.id, at); !added)
      findings_.add(at, {"PED-P036", "'" + spec.id + "' is a reference already, at " + findings_.origin(first->second),
                         "remove one of them"});
    warn_unknown(spec, at);
    out_.references.push_back(std::move(spec));
  }

  void reference_group(const Node& node, const std::string& group, const std::string& role) {
    const auto& names = context_.group_names;
    if (group != "all" && !names.empty() && std::find(names.begin(), names.end(), group) == names.end())
      findings_.add(node.find("group")->place,
                    {"PED-P038", "the catalog has no group '" + group + "'", did_you_mean(group, names),
                     joined(names, kMostNames), "pedigree list models"});
    out_.groups.push_back({group, role});
  }

  void warn_unknown(const ModelSpec& spec, const Place& at) {
    const auto& ids = context_.catalog_ids;
    if (ids.empty() || !spec.path.empty() || !spec.artifacts.empty()) return;
    if (std::find(ids.begin(), ids.end(), spec.id) != ids.end()) return;
    Finding finding{"PED-P039", "the catalog does not know '" + spec.id + "'; it must be in the local model cache",
                    did_you_mean(spec.id, ids), "", "pedigree list models"};
    finding.severity = Severity::warning;
    findings_.add(at, std::move(finding));
  }

  void read_steps() {
    const Node* node = merged_.find("analyzers");
    if (node == nullptr || node->items.empty()) {
      if (!parents_complete_) return;  // the parent that could not be read may have them
      findings_.add(node == nullptr ? merged_.place : node->place,
                    {"PED-P037", "no analyzer would run", "extend a profile: extends: calibrated"});
      return;
    }
    json& value = out_.resolved["analyzers"];
    for (std::size_t i = 0; i < node->items.size() && value.is_array() && i < value.size(); ++i)
      if (node->items[i].is_map() && value[i].is_object()) read_step(node->items[i], value[i], *node);
  }

  void read_step(const Node& node, json& value, const Node& all) {
    AnalyzerStep step;
    step.use = text_of(value, "use");
    step.id = text_of(value, "id", step.use);
    if (step.use.empty()) {
      if (const Node* use = node.find("use"); use != nullptr) return;  // wrong type: said already
      std::vector<std::string> others;
      for (const auto& item : all.items)
        if (const Node* use = item.find("use"); use != nullptr) others.push_back(identity(item));
      findings_.add(node.place,
                    {"PED-P016", "analyzer '" + step.id + "' has no 'use', and no parent has a step of that id",
                     did_you_mean(step.id, others), joined(others, kMostNames), "pedigree list analyzers"});
      return;
    }
    value["id"] = step.id;
    step.weight = member(value, "weight", 1.0).get<double>();
    step.on_error = text_of(value, "on_error") == "abort" ? OnError::abort : OnError::inconclusive;
    const json limits = member(value, "limits", json::object());
    if (const auto wall = seconds_from(text_of(limits, "wall"))) step.limits.wall = std::chrono::seconds(*wall);
    if (const auto memory = bytes_from(text_of(limits, "memory"))) step.limits.memory_bytes = *memory;
    step.limits.threads = member(limits, "threads", 0).get<unsigned>();
    read_with(node, step, value);
    out_.analyzers.push_back(std::move(step));
  }

  void read_with(const Node& node, AnalyzerStep& step, json& value) {
    const Node* with = node.find("with");
    if (with != nullptr && !with->is_map()) with = nullptr;
    if (with != nullptr) step.with = member(value, "with", json::object());
    if (context_.plugins == nullptr) return;
    const auto found = plugin::find_analyzer(*context_.plugins, step.use);
    if (found.analyzer == nullptr) return unknown_analyzer(node, step.use);
    if (with != nullptr)
      value["with"] = step.with = read_options(*with, found.analyzer->config_schema, step.use, findings_);
  }

  void unknown_analyzer(const Node& node, const std::string& use) {
    std::vector<std::string> known;
    for (const auto& plugin : *context_.plugins)
      for (const auto& analyzer : plugin.analyzers) known.push_back(analyzer.id);
    const Node* named = node.find("use");
    const std::string near = did_you_mean(use, known);
    // something close by its name is a slip of the pen; nothing close is a plugin that is not there
    findings_.add(
        named == nullptr ? node.place : named->place,
        {near.empty() ? "PED-P033" : "PED-P032",
         near.empty() ? "no installed plugin has the analyzer '" + use + "'" : "unknown analyzer '" + use + "'",
         near.empty() ? "install its plugin, or leave the step out" : near, joined(known, 40),
         "pedigree list analyzers"});
  }

  void read_verdict() {
    out_.verdict = member(out_.resolved, "verdict", json::object());
    const Node* node = merged_.find("verdict");
    if (!context_.check_verdict || node == nullptr || !node->is_map()) return;
    const auto checked = context_.check_verdict(out_.verdict);
    if (checked.ok()) return;
    constexpr std::string_view kPrefix = "/verdict";
    std::string pointer = checked.error().place;
    if (pointer.starts_with(kPrefix)) pointer.erase(0, kPrefix.size());
    const Node* at = node_at(*node, pointer);
    findings_.add((at == nullptr ? node : at)->place,
                  {"PED-P053", "verdict" + pointer + ": " + checked.error().message, checked.error().hint});
  }

  void read_trust() {
    const Node* trust = merged_.find("trust");
    const Node* plugins = trust == nullptr ? nullptr : trust->find("plugins");
    if (plugins == nullptr) return;
    for (const auto& entry : plugins->entries) {
      if (entry.value.is_text()) out_.trusted_plugins[entry.key] = entry.value.text;
      if (context_.plugins == nullptr) continue;
      std::vector<std::string> ids;
      for (const auto& plugin : *context_.plugins) ids.push_back(plugin.id);
      if (std::find(ids.begin(), ids.end(), entry.key) != ids.end()) continue;
      Finding finding{"PED-P050", "no plugin '" + entry.key + "' is installed", did_you_mean(entry.key, ids),
                      joined(ids, kMostNames), "pedigree list plugins"};
      finding.severity = Severity::warning;
      findings_.add(entry.place, std::move(finding));
    }
  }

  void read_expectation() {
    const json expect = member(out_.resolved, "expect", nullptr);
    if (!expect.is_object()) return;
    Expectation out;
    if (const std::string verdict = text_of(expect, "verdict"); !verdict.empty()) out.verdict = verdict;
    const json components = member(expect, "components", json::object());
    for (const auto& [component, label] : components.items())
      if (label.is_string()) out.components[component] = label.get<std::string>();
    const json score = member(expect, "score", json::object());
    if (score.contains("min")) out.min_score = score["min"].get<int>();
    if (score.contains("max")) out.max_score = score["max"].get<int>();
    if (expect.contains("assurance")) out.assurance = expect["assurance"].get<int>();
    if (out.min_score && out.max_score && *out.min_score > *out.max_score)
      findings_.add(merged_.find("expect")->find("score")->place,
                    {"PED-P051", "the smallest score is larger than the largest", "swap min and max"});
    out_.expect = std::move(out);
  }

  const Node& merged_;
  const bool parents_complete_;
  const ReadContext& context_;
  Findings& findings_;
  Pipeline out_;
  std::map<std::string, Place> reference_ids_;
};

}  // namespace

Pipeline build_pipeline(const Node& merged, bool parents_complete, const ReadContext& context, Findings& findings) {
  Findings said = findings;  // the layers have been checked one by one: the same again is not said twice
  json resolved = read_object(merged, vocabulary(), said);
  return PipelineBuilder(merged, std::move(resolved), parents_complete, context, findings).build();
}

}  // namespace pedigree::pipeline
