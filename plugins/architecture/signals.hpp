// SPDX-License-Identifier: MIT
// The signals of architecture.config, one function each: measurement in, evidence out. All pure.
#pragma once

#include <optional>
#include <vector>

#include "pedigree/evidence.hpp"
#include "plugins/architecture/model_facts.hpp"

namespace pedigree::architecture {

/// Values of the analyzer's options.
struct Settings {
  double claimed_parameters = 0;         ///< 0: the catalog card's
  double claimed_active_parameters = 0;  ///< 0: the catalog card's
  double parameter_tolerance = 0.05;     ///< relative difference that is still rounding
};

namespace signal {
inline constexpr std::string_view kCoreMatch = "architecture.core-match";
inline constexpr std::string_view kTableMatch = "architecture.table-match";
inline constexpr std::string_view kConfigSimilarity = "architecture.config-similarity";
inline constexpr std::string_view kAttentionKind = "architecture.attention-kind";
inline constexpr std::string_view kUniqueFeatures = "architecture.unique-features";
inline constexpr std::string_view kParameterCount = "architecture.parameter-count";
inline constexpr std::string_view kFossils = "architecture.fossils";
inline constexpr std::string_view kDeclaredLineage = "architecture.declared-lineage";
inline constexpr std::string_view kImpossibleDerivation = "architecture.impossible-derivation";
}  // namespace signal

/// Matched keys of the five core keys, for every component that both models have.
std::vector<Evidence> core_match(const ModelFacts& subject, const ModelFacts& reference);
/// The source study's seven-row table (spec.md 3); nothing without decoders on both sides.
std::optional<Evidence> table_match(const ModelFacts& subject, const ModelFacts& reference);
/// Share of the further keys that are equal, for every component that both models have.
std::vector<Evidence> config_similarity(const ModelFacts& subject, const ModelFacts& reference);
/// Reasons why the subject cannot, or hardly can, descend from the reference.
std::optional<Evidence> impossible_derivation(const ModelFacts& subject, const ModelFacts& reference);

/// Kind of attention of the subject's decoder, with its numbers and layer pattern.
std::optional<Evidence> attention_kind(const ModelFacts& subject);
/// Features that no reference has; nothing without references that have a decoder.
std::optional<Evidence> unique_features(const ModelFacts& subject, const std::vector<ModelFacts>& references);
/// Parameters that follow from the shape, against the claim.
std::optional<Evidence> parameter_count(const ModelFacts& subject, const Settings& settings);
/// Leftovers in the configuration.
std::optional<Evidence> fossils(const ModelFacts& subject);
/// What the subject's files and its card declare about its origin, once per declared parent.
std::vector<Evidence> declared_lineage(const ModelFacts& subject, const std::vector<ModelFacts>& references);

}  // namespace pedigree::architecture
