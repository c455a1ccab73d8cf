// SPDX-License-Identifier: MIT
// unique-features: what no model of the reference set has.
#include <algorithm>

#include "pedigree/io/json.hpp"
#include "plugins/architecture/attention.hpp"
#include "plugins/architecture/signals.hpp"

namespace pedigree::architecture {
namespace {
namespace fact = io::fact;

/// Facts that are a design choice, in the order of the report.
constexpr std::string_view kFeatures[] = {
    fact::kHiddenSize,     fact::kLayers,           fact::kHeads,          fact::kKeyValueHeads,
    fact::kHeadSize,       fact::kIntermediateSize, fact::kActivation,     fact::kNormKind,
    fact::kVocabularySize, fact::kRopeTheta,        fact::kRopeScaling,    fact::kPartialRotary,
    fact::kSlidingWindow,  fact::kExperts,          fact::kSharedExperts,  fact::kExpertsPerToken,
    fact::kExpertSize,     fact::kFirstDense,       fact::kRoutedScaling,  fact::kScoring,
    fact::kQueryRank,      fact::kKeyValueRank,     fact::kTiedEmbeddings, "attention_multiplier",
    "embedding_multiplier"};

bool has_value(const ModelFacts& reference, std::string_view key, const io::ConfigValue& value) {
  const auto* decoder = reference.decoder();
  const auto* found = decoder == nullptr ? nullptr : decoder->find(key);
  return found != nullptr && io::same_value(found->value, value);
}

/// How many references say anything about a key.
std::size_t speaking(const std::vector<ModelFacts>& references, std::string_view key) {
  return static_cast<std::size_t>(std::count_if(references.begin(), references.end(), [&](const ModelFacts& r) {
    return r.decoder() != nullptr && r.decoder()->find(key) != nullptr;
  }));
}

nlohmann::json unique_values(const io::ComponentConfig& mine, const std::vector<ModelFacts>& references) {
  auto unique = nlohmann::json::array();
  for (auto key : kFeatures) {
    const auto* found = mine.find(key);
    if (found == nullptr) continue;
    const bool shared = std::any_of(references.begin(), references.end(),
                                    [&](const ModelFacts& r) { return has_value(r, key, found->value); });
    if (!shared)
      unique.push_back({{"key", key},
                        {"value", io::to_text(found->value)},
                        {"path", found->path},
                        {"references_that_say", speaking(references, key)}});
  }
  return unique;
}

}  // namespace

std::optional<Evidence> unique_features(const ModelFacts& subject, const std::vector<ModelFacts>& references) {
  const auto* mine = subject.decoder();
  const auto compared = static_cast<std::size_t>(
      std::count_if(references.begin(), references.end(), [](const ModelFacts& r) { return r.decoder() != nullptr; }));
  if (mine == nullptr || compared == 0) return std::nullopt;
  auto unique = unique_values(*mine, references);
  const auto attention = attention_of(*mine);
  const auto same_attention = [&](const ModelFacts& r) {
    return r.decoder() != nullptr && attention_of(*r.decoder()).text == attention.text;
  };
  if (attention.kind != "unknown" && std::none_of(references.begin(), references.end(), same_attention))
    unique.push_back(
        {{"key", "attention"}, {"value", attention.text}, {"path", ""}, {"references_that_say", compared}});
  Evidence evidence;
  evidence.signal = signal::kUniqueFeatures;
  evidence.component = component::kTextDecoder;
  evidence.value = static_cast<double>(unique.size());
  evidence.summary_key = unique.empty() ? "unique_none" : "unique_features";
  evidence.params_json = io::json_text({{"count", unique.size()}, {"references", compared}});
  evidence.details_json = io::json_text({{"unique", unique}, {"references", compared}});
  return evidence;
}

}  // namespace pedigree::architecture
