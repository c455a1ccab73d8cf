// SPDX-License-Identifier: MIT
#include "framework/verdict/component_facts.hpp"

#include <algorithm>

namespace pedigree::verdict {
namespace {

/// The power a weight analyzer states, details.power; nullptr when it measured none.
const nlohmann::json* stated_power(const EvidenceRecord& record) {
  if (!record.details.is_object()) return nullptr;
  const auto found = record.details.find("power");
  if (found == record.details.end() || !(found->is_object() || found->is_number())) return nullptr;
  if (found->is_object() && found->contains("measured") && found->at("measured") == false) return nullptr;
  return &*found;
}

/// Larger is weaker: the smallest row correlation that would have been caught, or the missing power.
double weakness(const nlohmann::json& power) {
  if (power.is_number()) return 1 - power.get<double>();
  for (const char* key : {"row_correlation", "inherited_share"})
    if (power.contains(key) && power.at(key).is_number()) return power.at(key).get<double>();
  return 1;
}

/// Compared for good: a finding, or nothing found by a test that states what it would have found.
bool scanned(const Pair& pair) {
  const auto& items = pair.items[Family::weight];
  return std::any_of(items.begin(), items.end(), [](const Item& item) {
    return stated_power(*item.record) != nullptr || (item.log10_p && item.lr >= 1);
  });
}

bool any(const ComponentIndex& row, Family family) { return family_coverage(row, family) > 0; }

}  // namespace

double family_coverage(const ComponentIndex& row, Family family) {
  const bool alone = !row.absolute[family].empty();
  if (family == Family::training_log || row.pairs.empty()) {
    const bool paired =
        std::any_of(row.pairs.begin(), row.pairs.end(), [&](const Pair& pair) { return !pair.items[family].empty(); });
    return alone || paired ? 1 : 0;
  }
  std::size_t compared = 0;
  for (const auto& pair : row.pairs) compared += pair.items[family].empty() ? 0 : 1;
  if (alone) compared = std::max<std::size_t>(compared, 1);
  return static_cast<double>(compared) / static_cast<double>(row.pairs.size());
}

double coverage_of(const ComponentIndex& row, const std::vector<Family>& families, const Profile& profile) {
  double total = 0, covered = 0;
  for (const Family family : families) {
    total += profile.weight[family];
    covered += profile.weight[family] * family_coverage(row, family);
  }
  return total > 0 ? covered / total : 0;
}

std::size_t scanned_pairs(const ComponentIndex& row) {
  return static_cast<std::size_t>(std::count_if(row.pairs.begin(), row.pairs.end(), scanned));
}

std::vector<std::string> failed_pairs(const CaseIndex& index, const ComponentIndex& row) {
  std::vector<std::string> failed;
  for (const auto& pair : row.pairs) {
    if (scanned(pair)) continue;
    const auto& outcomes = index.source->outcomes;
    const bool broken = std::any_of(outcomes.begin(), outcomes.end(), [&](const Outcome& outcome) {
      return outcome.family == Family::weight && outcome.reference == pair.reference &&
             outcome.kind != OutcomeKind::ok && outcome.kind != OutcomeKind::not_applicable;
    });
    if (broken) failed.push_back(pair.reference);
  }
  return failed;
}

bool has_link(const ComponentIndex& row, const Profile& profile) {
  const auto& items = row.absolute[Family::training_log];
  // A record that contradicts itself (a spliced log, swapped checkpoints, an impossible claim) links nothing.
  if (std::any_of(items.begin(), items.end(), [&](const Item& item) { return effective_lr(item, profile) > 0; }))
    return false;
  return std::any_of(items.begin(), items.end(), [&](const Item& item) {
    const auto& names = profile.link_signals;
    return item.record->relation == "supports_from_scratch" && item.lr < 0 &&
           std::find(names.begin(), names.end(), item.record->signal) != names.end();
  });
}

int assurance_of(const ComponentIndex& row, const Profile& profile) {
  if (has_link(row, profile)) return 4;
  const auto scans = static_cast<double>(scanned_pairs(row));
  if (scans > 0 && scans >= profile.scanned_share * static_cast<double>(row.pairs.size())) return 3;
  if (any(row, Family::behavior)) return 2;
  return row.any_evidence || !row.declared.empty() ? 1 : 0;
}

nlohmann::json power_of(const ComponentIndex& row) {
  const nlohmann::json* weakest = nullptr;
  std::string of;
  for (const auto& pair : row.pairs)
    for (const auto& item : pair.items[Family::weight]) {
      const auto* stated = stated_power(*item.record);
      if (stated == nullptr || (weakest != nullptr && weakness(*stated) <= weakness(*weakest))) continue;
      weakest = stated;
      of = pair.reference;
    }
  if (weakest == nullptr) return nullptr;
  return {{"stated", *weakest}, {"reference", of}, {"compared", scanned_pairs(row)}, {"references", row.pairs.size()}};
}

bool settled_by_weights(const Pair& pair, const PairPosterior& posterior, const Profile& profile) {
  return !pair.items[Family::weight].empty() && posterior.family[Family::weight] <= profile.cleared;
}

bool same_shape(const Pair& pair) {
  const auto& items = pair.items[Family::architecture];
  return std::any_of(items.begin(), items.end(), [](const Item& item) {
    return item.record->relation == "architecture_reuse" && item.record->log10_lr > 0;
  });
}

bool close_behavior(const Pair& pair, const Profile& profile) {
  const auto& items = pair.items[Family::behavior];
  return std::any_of(items.begin(), items.end(), [&](const Item& item) {
    return (item.record->relation == "behavioral_proximity" || item.descent) &&
           effective_lr(item, profile) >= profile.suspicious_behavior;
  });
}

}  // namespace pedigree::verdict
