// SPDX-License-Identifier: MIT
#include "plugins/architecture/config_analyzer.hpp"

#include "pedigree/io/artifact_role.hpp"
#include "plugins/architecture/parameters.hpp"

namespace pedigree::architecture {
namespace {

void emit(const Host& host, const std::optional<Evidence>& evidence) {
  if (evidence) host.emit(*evidence);
}

void emit(const Host& host, const std::vector<Evidence>& list) {
  for (const auto& evidence : list) host.emit(evidence);
}

void report_problems(const Host& host, const ModelFacts& facts) {
  for (const auto& problem : facts.problems) host.warn(facts.id + ": " + problem);
}

/// One sentence with all that was wrong with the subject's files.
std::string joined(const std::vector<std::string>& problems) {
  std::string text;
  for (const auto& problem : problems) text += (text.empty() ? "" : "; ") + problem;
  return text;
}

void about_the_subject(const Host& host, const ModelFacts& subject, const Settings& settings) {
  emit(host, attention_kind(subject));
  emit(host, parameter_count(subject, settings));
  emit(host, fossils(subject));
  if (!subject.config) return;
  const auto estimate = estimate_parameters(*subject.config);
  if (!estimate.estimate) host.log(PEDIGREE_INFO, subject.id + ": parameters are not estimated: " + estimate.reason);
}

void against_a_reference(const Host& host, const ModelFacts& subject, const ModelFacts& reference) {
  emit(host, core_match(subject, reference));
  emit(host, table_match(subject, reference));
  emit(host, config_similarity(subject, reference));
  emit(host, impossible_derivation(subject, reference));
}

}  // namespace

Descriptor ConfigAnalyzer::describe() {
  return {
      .id = "architecture.config",
      .summary = "Compares configurations key by key, names the attention, counts parameters and reads declarations.",
      .kind = PEDIGREE_KIND_ARCHITECTURE,
      .flags = PEDIGREE_FLAG_DETERMINISTIC,
      .signals = {{signal::kCoreMatch, "keys", "Equal keys among the five core keys of a component.", 0, 5},
                  {signal::kTableMatch, "rows", "Equal rows of the source study's table of seven.", 0, 7},
                  {signal::kConfigSimilarity, "fraction",
                   "Equal share of the further keys that both configurations state.", 0, 1},
                  {signal::kAttentionKind, "kind", "Attention: 0 none, 1 MHA, 2 MQA, 3 GQA, 4 MLA.", 0, 4},
                  {signal::kUniqueFeatures, "count", "Features that no reference has.", 0, 100},
                  {signal::kParameterCount, "parameters", "Parameters that follow from the shape.", 0, 1e30},
                  {signal::kFossils, "count", "Leftovers in the configuration.", 0, 100},
                  {signal::kDeclaredLineage, "count", "Places that declare this origin.", 0, 1000},
                  {signal::kImpossibleDerivation, "count", "Obstacles to a descent from the reference.", 0, 10}},
      .roles = {io::role::kConfig, io::role::kCatalogCard, io::role::kModelCard, io::role::kAdapterConfig,
                io::role::kGenerationConfig, io::role::kGguf},
      .options = {
          {"claimed_parameters", 0.0, "Total parameters that the maker claims; 0 takes the catalog's.", 0.0, 1e15},
          {"claimed_active_parameters", 0.0,
           "Active parameters per token that the maker claims; 0 takes the catalog's.", 0.0, 1e15},
          {"parameter_tolerance", 0.05, "Relative difference to the claim that still counts as rounding.", 0.001,
           0.5}}};
}

ConfigAnalyzer::ConfigAnalyzer(const Options& options)
    : settings_{options.number("claimed_parameters"), options.number("claimed_active_parameters"),
                options.number("parameter_tolerance")} {}

pedigree_status ConfigAnalyzer::run(const Host& host, const Request& request) {
  const auto subject = gather_facts(request, request.subject());
  report_problems(host, subject);
  const bool nothing = !subject.config && !subject.model_card && !subject.adapter && subject.card.is_null() &&
                       subject.gguf_bases.empty();
  if (nothing && !subject.problems.empty()) throw InputError(joined(subject.problems));
  if (nothing) {
    host.set_error(
        "the subject has no config.json, no GGUF metadata, no catalog card, no model card and no adapter_config.json");
    return PEDIGREE_NOT_APPLICABLE;
  }
  std::vector<ModelFacts> references;
  for (const auto& model : request.references()) {
    references.push_back(gather_facts(request, model));
    report_problems(host, references.back());
  }
  about_the_subject(host, subject, settings_);
  emit(host, unique_features(subject, references));
  emit(host, declared_lineage(subject, references));
  double done = 0;
  for (const auto& reference : references) {
    if (host.cancelled()) return PEDIGREE_CANCELLED;
    against_a_reference(host, subject, reference);
    host.progress(++done / static_cast<double>(references.size()), "comparing configurations");
  }
  return PEDIGREE_OK;
}

}  // namespace pedigree::architecture
