// SPDX-License-Identifier: MIT
#include "framework/run/obvious.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "framework/core/descriptor.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/config.hpp"

namespace pedigree::run {
namespace {

constexpr std::size_t kMostNamed = 5;
constexpr std::array kCoreKeys{io::fact::kHiddenSize, io::fact::kLayers, io::fact::kHeads, io::fact::kIntermediateSize,
                               io::fact::kActivation};

/// The subject's config, from its file or from the facts; nothing when there is none to read.
std::optional<io::ModelConfig> config_of(const artifact::ResolvedModel& model) {
  for (const auto& file : model.files) {
    if (file.role != io::role::kConfig) continue;
    constexpr std::size_t kLargestConfig = std::size_t{16} << 20;
    auto text = file.path.empty() ? Result<std::string>{file.bytes} : read_file(file.path, kLargestConfig);
    if (!text) continue;
    auto config = io::read_config(*text, file.name);
    if (config) return std::move(*config);
  }
  return std::nullopt;
}

bool equal(const io::ComponentConfig& a, const io::ComponentConfig& b, std::string_view name) {
  const auto *in_a = a.find(name), *in_b = b.find(name);
  return in_a != nullptr && in_b != nullptr && io::same_value(in_a->value, in_b->value);
}

struct Likeness {
  std::size_t core = 0;
  bool vocabulary = false, model_type = false;
  std::size_t rank() const { return 10 * core + (vocabulary ? 5 : 0) + (model_type ? 2 : 0); }
  bool is_twin() const { return core == kCoreKeys.size() && (vocabulary || model_type); }
  bool is_obvious() const { return core >= 4 || (core >= 3 && vocabulary) || (model_type && core >= 3); }
};

Likeness likeness(const io::ComponentConfig& subject, const io::ComponentConfig& other) {
  Likeness found;
  for (const auto key : kCoreKeys) found.core += equal(subject, other, key) ? 1 : 0;
  found.vocabulary = equal(subject, other, io::fact::kVocabularySize);
  found.model_type = !subject.model_type.empty() && subject.model_type == other.model_type;
  return found;
}

std::string describe(const Likeness& found) {
  std::string text = std::to_string(found.core) + " of " + std::to_string(kCoreKeys.size()) + " core keys equal";
  if (found.vocabulary) text += ", same vocabulary size";
  if (found.model_type) text += ", same model_type";
  return text;
}

/// Dates of cards are as exact as is known ("2024", "2024-09"): later only where both say so.
bool later(const std::string& date, const std::string& than) {
  const auto known = std::min(date.size(), than.size());
  return known > 0 && date.compare(0, known, than, 0, known) > 0;
}

/// Ids of the cards of `models`, without "#2" and the like.
std::set<std::string> known_ids(const std::vector<artifact::ResolvedModel>& models, const catalog::Catalog& catalog) {
  std::set<std::string> ids;
  for (const auto& model : models) {
    ids.insert(model.id);
    if (const auto* card = catalog.find(model.id)) ids.insert(card->id);
  }
  return ids;
}

}  // namespace

std::vector<OwedReference> obvious_missing(const artifact::ResolvedModel& subject,
                                           const std::vector<artifact::ResolvedModel>& models,
                                           const catalog::Catalog& catalog) {
  const auto config = config_of(subject);
  const auto* decoder = config ? config->find("text_decoder") : nullptr;
  if (decoder == nullptr) return {};
  const auto present = known_ids(models, catalog);
  const auto* own = catalog.find(subject.id);
  const auto may_be_ancestor = [&](const catalog::Card& card) {
    if (own != nullptr && later(card.released, own->released)) return false;
    return std::none_of(present.begin(), present.end(),
                        [&](const std::string& id) { return catalog.descends_from(card, id); });
  };
  struct Candidate {
    const catalog::Card* card;
    Likeness likeness;
  };
  std::vector<Candidate> candidates;
  for (const auto& card : catalog.cards()) {
    if (present.count(card.id) != 0) continue;
    const auto facts = card.facts.find("config");
    if (facts == card.facts.end() || !facts->is_object()) continue;
    const auto known = io::interpret_config(*facts);
    const auto* other = known.find("text_decoder");
    if (other == nullptr) continue;
    const auto found = likeness(*decoder, *other);
    if (found.is_obvious() && may_be_ancestor(card)) candidates.push_back({&card, found});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.likeness.rank() != b.likeness.rank() ? a.likeness.rank() > b.likeness.rank() : a.card->id < b.card->id;
  });
  std::vector<OwedReference> owed;
  for (std::size_t i = 0; i < std::min(kMostNamed, candidates.size()); ++i)
    owed.push_back({candidates[i].card->id, describe(candidates[i].likeness), candidates[i].likeness.is_twin()});
  return owed;
}

}  // namespace pedigree::run
