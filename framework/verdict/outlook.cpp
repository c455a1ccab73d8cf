// SPDX-License-Identifier: MIT
#include "framework/verdict/outlook.hpp"

#include <algorithm>
#include <cmath>

#include "framework/verdict/component_facts.hpp"

namespace pedigree::verdict {
namespace {

using nlohmann::json;

/// Weighs the case once more with evidence that does not exist yet.
class WhatIf {
 public:
  WhatIf(const CaseIndex& index, const Profile& profile, double score)
      : index_(index), profile_(profile), score_(score) {}

  /// Points of score that evidence of `family` could move: the stronger of "one reference is the
  /// parent" and "none of the references not yet compared is".
  double could_move(const std::string& component, Family family, const std::string& reference) const {
    const double caught = moved(component, family, reference, true);
    const double cleared = moved(component, family, reference, false);
    return std::max(caught, cleared);
  }

 private:
  double moved(const std::string& component, Family family, const std::string& reference, bool descent) const {
    const EvidenceRecord record = imagined(component, family, reference, descent);
    CaseIndex copy = index_;
    for (auto& row : copy.components)
      if (row.name == component) place(row, record, descent);
    return std::abs(judge(copy, profile_, Detail::numbers).model.score - score_);
  }

  EvidenceRecord imagined(const std::string& component, Family family, const std::string& reference,
                          bool descent) const {
    EvidenceRecord record;
    record.family = family;
    record.component = component;
    record.reference = reference;
    record.signal = "imagined";
    record.log10_lr = descent ? 100 : -100;
    record.relation = descent && family == Family::weight ? "derived" : "none";
    if (descent && family == Family::weight) record.log10_p = -300.0;
    if (!descent && family == Family::training_log) {
      record.relation = "supports_from_scratch";
      if (!profile_.link_signals.empty()) record.signal = profile_.link_signals.front();
    }
    return record;
  }

  static void place(ComponentIndex& row, const EvidenceRecord& record, bool descent) {
    Item item;
    item.record = &record;
    item.log10_p = record.log10_p;
    item.lr = record.log10_lr;
    item.descent = item.matches = record.relation == "derived";
    row.any_evidence = true;
    if (record.family == Family::training_log || row.pairs.empty()) return row.absolute[record.family].push_back(item);
    for (auto& pair : row.pairs) {
      const bool meant = descent ? pair.reference == record.reference : pair.items[record.family].empty();
      if (meant) pair.items[record.family].insert(pair.items[record.family].begin(), item);
    }
  }

  const CaseIndex& index_;
  const Profile& profile_;
  double score_;
};

/// The reference whose comparison is owed first: one that is suspicious, else the most probable.
std::string first_choice(const ComponentJudgement& component, Family family) {
  const auto& row = *component.posterior.row;
  const auto uncompared = [&](const std::string& id) {
    return std::any_of(row.pairs.begin(), row.pairs.end(),
                       [&](const Pair& pair) { return pair.reference == id && pair.items[family].empty(); });
  };
  for (const auto& id : component.owed)
    if (uncompared(id)) return id;
  const PairPosterior* best = nullptr;
  for (const auto& pair : component.posterior.pairs)
    if (uncompared(pair.reference) && (best == nullptr || pair.odds > best->odds)) best = &pair;
  return best == nullptr ? "" : best->reference;
}

std::size_t uncompared_count(const ComponentIndex& row, Family family) {
  return static_cast<std::size_t>(
      std::count_if(row.pairs.begin(), row.pairs.end(), [&](const Pair& pair) { return pair.items[family].empty(); }));
}

bool missing(const ComponentIndex& row, Family family, const Profile& profile) {
  if (profile.weight[family] <= 0) return false;
  if (family == Family::training_log) return !has_link(row, profile);
  return row.pairs.empty() ? row.absolute[family].empty() : uncompared_count(row, family) > 0;
}

std::string key_of(Family family, bool owed, bool references) {
  if (family == Family::training_log) return "next.training-record";
  if (family == Family::weight && owed) return "next.weights-owed";
  const std::string name = family == Family::weight ? "weights" : to_string(family);
  return "next." + name + (references ? "" : "-alone");
}

/// What clearing the parents outside the set would move: the prior without their share.
void add_missing_references(std::vector<NextEvidence>& result, const CaseIndex& index, const Draft& draft,
                            const Profile& profile) {
  const auto& missing_references = index.source->missing_references;
  if (missing_references.empty()) return;
  Profile cleared = profile;
  cleared.prior = profile.prior * (1 - profile.unseen) / (1 - profile.prior * profile.unseen);
  cleared.unseen = 0;
  const double moved = std::abs(judge(index, cleared, Detail::numbers).model.score - draft.model.score);
  result.push_back(
      {"next.references", {{"count", missing_references.size()}, {"first", missing_references.front()}}, moved});
}

double& scaled(Profile& profile, const std::string& what, Family family) {
  return what == "weight" ? profile.weight[family] : profile.cap[family];
}

SensitivityCase run_case(const CaseIndex& index, const Profile& profile, std::string what, double factor) {
  const auto model = judge(index, profile, Detail::numbers).model;
  return {std::move(what), factor, model.score, model.label};
}

}  // namespace

std::vector<NextEvidence> next_evidence(const CaseIndex& index, const Draft& draft, const Profile& profile) {
  std::vector<NextEvidence> result;
  const WhatIf what_if(index, profile, draft.model.score);
  const auto scope = scope_of(index);
  for (const auto& component : draft.components) {
    const auto& row = *component.posterior.row;
    if (std::find(scope.begin(), scope.end(), row.name) == scope.end()) continue;
    if (component.verdict.label == Label::derived && component.verdict.decisive) continue;
    for (const Family family : relevant_families(index, row)) {
      if (!missing(row, family, profile)) continue;
      const std::string reference = first_choice(component, family);
      const bool owed = std::find(component.owed.begin(), component.owed.end(), reference) != component.owed.end();
      result.push_back({key_of(family, owed, !row.pairs.empty()),
                        {{"component", row.name}, {"reference", reference}, {"count", uncompared_count(row, family)}},
                        what_if.could_move(row.name, family, reference)});
    }
  }
  add_missing_references(result, index, draft, profile);
  std::stable_sort(result.begin(), result.end(),
                   [](const NextEvidence& a, const NextEvidence& b) { return a.could_move > b.could_move; });
  return result;
}

std::vector<SensitivityCase> sensitivity(const CaseIndex& index, const Profile& profile) {
  std::vector<SensitivityCase> cases;
  for (const double factor : {0.5, 1.5}) {
    Profile changed = profile;
    changed.prior = std::min(0.999, profile.prior * factor);
    cases.push_back(run_case(index, changed, "prior", factor));
    for (const char* what : {"weight", "cap"})
      for (const Family family : kFamilies) {
        changed = profile;
        scaled(changed, what, family) *= factor;
        if (std::string(what) == "cap" && family == Family::weight) changed.cap_exact *= factor;
        cases.push_back(run_case(index, changed, std::string(what) + "." + to_string(family), factor));
      }
  }
  return cases;
}

}  // namespace pedigree::verdict
