// SPDX-License-Identifier: MIT
#include "framework/verdict/component_facts.hpp"

#include <algorithm>

namespace pedigree::verdict {
namespace {

bool states_power(const EvidenceRecord& record) {
  return record.details.is_object() && record.details.contains("power") && !record.details.at("power").is_null();
}

bool scanned(const Pair& pair) {
  const auto& items = pair.items[Family::weight];
  return std::any_of(items.begin(), items.end(),
                     [](const Item& item) { return item.log10_p.has_value() || states_power(*item.record); });
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

bool has_link(const ComponentIndex& row, const Profile& profile) {
  const auto& items = row.absolute[Family::training_log];
  return std::any_of(items.begin(), items.end(), [&](const Item& item) {
    const auto& names = profile.link_signals;
    return item.record->relation == "supports_from_scratch" && item.record->log10_lr < 0 && item.factor > 0 &&
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
  nlohmann::json weakest;
  std::string of;
  for (const auto& pair : row.pairs)
    for (const auto& item : pair.items[Family::weight]) {
      if (!states_power(*item.record)) continue;
      const auto& stated = item.record->details.at("power");
      const bool weaker = weakest.is_null() || (stated.is_number() && weakest.is_number() && stated < weakest);
      if (!weaker) continue;
      weakest = stated;
      of = pair.reference;
    }
  if (weakest.is_null()) return nullptr;
  return {{"stated", weakest}, {"reference", of}, {"compared", scanned_pairs(row)}, {"references", row.pairs.size()}};
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
    return (item.record->relation == "behavioral_proximity" || claims_descent(*item.record)) &&
           effective_lr(item, profile) >= profile.suspicious_behavior;
  });
}

}  // namespace pedigree::verdict
