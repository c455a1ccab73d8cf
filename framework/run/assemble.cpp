// SPDX-License-Identifier: MIT
#include "framework/run/assemble.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace pedigree::run {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kModelComponents{"text_decoder", "vision_encoder", "audio_encoder",
                                                           "projector"};

bool is_model_component(std::string_view name) {
  return std::find(kModelComponents.begin(), kModelComponents.end(), name) != kModelComponents.end();
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// What the model's own files say they are made of: details.declared of the declared-lineage signal.
std::vector<verdict::DeclaredReuse> declared_in(const std::vector<EvidenceRecord>& evidence) {
  std::vector<verdict::DeclaredReuse> declared;
  std::set<std::string> seen;
  for (const auto& record : evidence) {
    if (record.signal != "architecture.declared-lineage") continue;
    if (record.relation != "derived" && record.relation != "partial") continue;
    const auto list = record.details.find("declared");
    if (list == record.details.end() || !list->is_array()) continue;
    for (const auto& entry : *list) {
      if (!entry.is_object()) continue;
      verdict::DeclaredReuse reuse{text_of(entry, "component"), text_of(entry, "parent"), text_of(entry, "source")};
      if (reuse.component.empty() || !seen.insert(reuse.component + "\n" + reuse.parent).second) continue;
      declared.push_back(std::move(reuse));
    }
  }
  return declared;
}

/// Parts the configuration describes, whether or not anything could compare them: details.components of the
/// attention-kind signal. A part nobody looked at must be named, not left out.
void add_described(const EvidenceRecord& record, std::set<std::string>& found) {
  if (record.signal != "architecture.attention-kind" || !record.details.is_object()) return;
  const auto list = record.details.find("components");
  if (list == record.details.end() || !list->is_array()) return;
  for (const auto& entry : *list)
    if (entry.is_object()) found.insert(text_of(entry, "component"));
}

std::vector<std::string> components_in(const verdict::Case& weighed) {
  std::set<std::string> found{"text_decoder"};
  for (const auto& record : weighed.evidence) add_described(record, found);
  for (const auto& record : weighed.evidence)
    if (is_model_component(record.component)) found.insert(record.component);
  for (const auto& reuse : weighed.declared)
    if (is_model_component(reuse.component)) found.insert(reuse.component);
  std::vector<std::string> ordered;
  for (const auto name : kModelComponents)
    if (found.count(std::string{name}) != 0) ordered.emplace_back(name);
  return ordered;
}

/// Why nothing of this family speaks about this reference.
std::string reason_for(Family family, const artifact::ResolvedModel& subject, const artifact::ResolvedModel& reference,
                       const std::vector<const plugin::AnalyzerManifest*>& analyzers,
                       const std::vector<Outcome>& outcomes) {
  const auto any_material = [&](const artifact::ResolvedModel& model) {
    return std::any_of(analyzers.begin(), analyzers.end(), [&](const auto* a) { return has_material(model, *a); });
  };
  if (!any_material(subject)) return subject.id + ": " + lack_of(family, subject);
  if (!any_material(reference)) return lack_of(family, reference);
  for (const auto& outcome : outcomes)
    if (outcome.family == family && outcome.kind != OutcomeKind::ok &&
        (outcome.reference.empty() || outcome.reference == reference.id) && !outcome.message.empty())
      return outcome.message;
  return "looked, and found nothing that speaks for or against";
}

using FamilyAnalyzers = std::map<Family, std::vector<const plugin::AnalyzerManifest*>>;

verdict::ReferenceFacts facts_of(const artifact::ResolvedModel& subject, const artifact::ResolvedModel& reference,
                                 const FamilyAnalyzers& families, const verdict::Case& weighed) {
  verdict::ReferenceFacts facts;
  facts.id = reference.id;
  facts.role = reference.role;
  std::set<std::string> compared;
  for (const auto& record : weighed.evidence)
    if (record.reference == reference.id) compared.insert(to_string(record.family));
  facts.compared.assign(compared.begin(), compared.end());
  for (const auto& [family, analyzers] : families) {
    std::vector<const plugin::AnalyzerManifest*> comparing;
    for (const auto* analyzer : analyzers)
      if (analyzer->needs_reference()) comparing.push_back(analyzer);
    if (compared.count(to_string(family)) != 0) continue;
    facts.not_compared[to_string(family)] =
        reason_for(family, subject, reference, comparing.empty() ? analyzers : comparing, weighed.outcomes);
  }
  return facts;
}

}  // namespace

verdict::Case assemble(const pipeline::Pipeline& pipeline, const std::vector<artifact::ResolvedModel>& models,
                       const Plan& plan, const std::vector<JobResult>& results,
                       const std::vector<OwedReference>& missing) {
  verdict::Case weighed;
  FamilyAnalyzers families;
  for (const auto& result : results) {
    weighed.outcomes.push_back(result.outcome);
    weighed.evidence.insert(weighed.evidence.end(), result.evidence.begin(), result.evidence.end());
  }
  weighed.outcomes.insert(weighed.outcomes.end(), plan.skipped.begin(), plan.skipped.end());
  for (const auto& analyzer : plan.analyzers) families[analyzer->family].push_back(analyzer);
  for (const auto& step : pipeline.analyzers) weighed.analyzer_weight[step.use] = step.weight;
  weighed.declared = declared_in(weighed.evidence);
  weighed.components = components_in(weighed);
  weighed.claim_scope = pipeline.claim_scope;
  for (std::size_t i = 1; i < models.size(); ++i)
    weighed.references.push_back(facts_of(models.front(), models[i], families, weighed));
  for (const auto& owed : missing) {
    weighed.missing_references.push_back(owed.id + ": " + owed.reason);
    if (owed.same_shape) weighed.missing_twins.push_back(owed.id);
  }
  return weighed;
}

}  // namespace pedigree::run
