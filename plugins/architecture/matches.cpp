// SPDX-License-Identifier: MIT
// core-match, table-match and config-similarity: equality of configurations.
#include "pedigree/io/json.hpp"
#include "plugins/architecture/calibration.hpp"
#include "plugins/architecture/comparison.hpp"
#include "plugins/architecture/signals.hpp"

namespace pedigree::architecture {
namespace {
using nlohmann::json;
namespace fact = io::fact;

/// Pairs of components that both models have, in the subject's order.
template <class F>
void for_shared_components(const ModelFacts& subject, const ModelFacts& reference, F&& use) {
  if (!subject.config || !reference.config) return;
  for (const auto& mine : subject.config->components)
    if (const auto* theirs = reference.component(mine.component)) use(mine, *theirs);
}

json sources(const ModelFacts& subject, const ModelFacts& reference) {
  return {{"subject", subject.config_name}, {"reference", reference.config_name}};
}

/// The source study's reading of the number of equal core keys (spec.md 2).
struct Criterion {
  const char* key;
  const char* text;
};
Criterion criterion_of(int equal) {
  if (equal == 5) return {"core_match_all", "5/5: same architecture, derivation suspected"};
  if (equal >= 3) return {"core_match_similar", "3-4/5: similar, may have been modelled on it"};
  if (equal >= 1) return {"core_match_few", "1-2/5: independent design"};
  return {"core_match_none", "0/5: entirely different"};
}

Evidence core_evidence(const ModelFacts& subject, const ModelFacts& reference, const io::ComponentConfig& mine,
                       const io::ComponentConfig& theirs, const Table& table) {
  const int equal = table.equal();
  const bool decoder = mine.component == component::kTextDecoder;
  const auto worth = decoder ? worth_of_core(mine, theirs, equal) : EqualityWorth{};
  const auto criterion = criterion_of(equal);
  Evidence evidence;
  evidence.signal = signal::kCoreMatch;
  evidence.reference = reference.id;
  evidence.component = mine.component;
  evidence.value = equal;
  evidence.log10_lr = worth.log10_lr;
  evidence.relation = equal == 5 ? relation::kArchitectureReuse : relation::kNone;
  evidence.summary_key = decoder ? criterion.key : "core_match_encoder";
  evidence.params_json = io::json_text({{"equal", equal},
                                        {"total", 5},
                                        {"comparable", table.comparable()},
                                        {"component", mine.component},
                                        {"reference", reference.id}});
  json details = {{"rows", table.to_json()},
                  {"criterion", criterion.text},
                  {"files", sources(subject, reference)},
                  {"same_class", table.same_class},
                  {"vocabulary_equal", worth.vocabulary_equal},
                  {"fine_shape_equal", worth.fine_shape_equal}};
  if (!worth.common_shape.empty()) details["common_shape"] = worth.common_shape;
  evidence.details_json = io::json_text(details);
  return evidence;
}

}  // namespace

std::vector<Evidence> core_match(const ModelFacts& subject, const ModelFacts& reference) {
  std::vector<Evidence> out;
  for_shared_components(subject, reference, [&](const auto& mine, const auto& theirs) {
    const auto table = compare(mine, theirs, core_keys(mine.component));
    // A card that knows one number of the shape is no comparison.
    if (table.comparable() < 2) return;
    out.push_back(core_evidence(subject, reference, mine, theirs, table));
  });
  return out;
}

std::optional<Evidence> table_match(const ModelFacts& subject, const ModelFacts& reference) {
  const auto* mine = subject.decoder();
  const auto* theirs = reference.decoder();
  if (mine == nullptr || theirs == nullptr) return std::nullopt;
  constexpr std::string_view kBefore[] = {fact::kHiddenSize, fact::kLayers, fact::kHeads, fact::kKeyValueHeads};
  constexpr std::string_view kAfter[] = {fact::kVocabularySize, fact::kRopeTheta};
  Table table = compare(*mine, *theirs, kBefore);
  table.rows.push_back(experts_row(*mine, *theirs));
  const auto rest = compare(*mine, *theirs, kAfter);
  table.rows.insert(table.rows.end(), rest.rows.begin(), rest.rows.end());
  if (table.comparable() < 2) return std::nullopt;
  // A row that neither model has ("experts" of two dense models) says nothing and is left out.
  int total = 0;
  for (const auto& row : table.rows) total += row.mark != Mark::both_absent ? 1 : 0;
  Evidence evidence;
  evidence.signal = signal::kTableMatch;
  evidence.reference = reference.id;
  evidence.component = component::kTextDecoder;
  evidence.value = table.equal();
  evidence.summary_key = "table_match";
  evidence.params_json = io::json_text({{"equal", table.equal()}, {"total", total}, {"reference", reference.id}});
  evidence.details_json =
      io::json_text({{"rows", table.to_json()}, {"total", total}, {"files", sources(subject, reference)}});
  return evidence;
}

std::vector<Evidence> config_similarity(const ModelFacts& subject, const ModelFacts& reference) {
  std::vector<Evidence> out;
  for_shared_components(subject, reference, [&](const auto& mine, const auto& theirs) {
    const auto table = compare(mine, theirs, further_keys(mine.component));
    const int comparable = table.comparable();
    if (comparable < 3) return;
    const bool decoder = mine.component == component::kTextDecoder;
    Evidence evidence;
    evidence.signal = signal::kConfigSimilarity;
    evidence.reference = reference.id;
    evidence.component = mine.component;
    evidence.value = static_cast<double>(table.equal()) / comparable;
    const auto core = compare(mine, theirs, core_keys(mine.component));
    // Further keys are defaults of a class and of a recipe: they speak only beside an equal shape.
    evidence.log10_lr = decoder && core.equal() == 5 ? worth_of_further(table.equal(), comparable) : 0.0;
    evidence.summary_key = "config_similarity";
    evidence.params_json = io::json_text(
        {{"equal", table.equal()}, {"total", comparable}, {"component", mine.component}, {"reference", reference.id}});
    evidence.details_json = io::json_text({{"rows", table.to_json()}, {"files", sources(subject, reference)}});
    out.push_back(std::move(evidence));
  });
  return out;
}

}  // namespace pedigree::architecture
