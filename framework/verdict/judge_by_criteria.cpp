// SPDX-License-Identifier: MIT
// The source study's way: raw thresholds, one word per method, no null distribution. Kept so that
// the study can be reproduced and its errors seen; never the default.
#include <algorithm>
#include <map>

#include "framework/verdict/component_facts.hpp"
#include "framework/verdict/criteria.hpp"
#include "framework/verdict/judge.hpp"

namespace pedigree::verdict {
namespace {

/// Points of "from scratch" a suggestion is worth, and how heavy it is as an accusation.
struct Suggestion {
  double points = 0;
  int severity = 0;
};

const std::map<std::string, Suggestion>& suggestions() {
  static const std::map<std::string, Suggestion> kSuggestions{{"derived", {0.05, 4}},
                                                              {"partial_reuse", {0.3, 3}},
                                                              {"suspected", {0.3, 2}},
                                                              {"similar", {0.6, 1}},
                                                              {"independent", {0.9, 0}}};
  return kSuggestions;
}

/// The heaviest thing one family's criteria suggest, over all references.
struct FamilyWord {
  bool spoke = false;
  Suggestion worst{1, -1};
  const CriterionBand* band = nullptr;
  const EvidenceRecord* record = nullptr;
};

void hear(FamilyWord& word, const std::vector<Item>& items, const Profile& profile) {
  for (const auto& item : items) {
    const auto* band = criterion(*item.record, profile);
    const auto found = band == nullptr ? suggestions().end() : suggestions().find(band->suggests);
    if (found == suggestions().end() || found->second.severity <= word.worst.severity) continue;
    word = {true, found->second, band, item.record};
  }
}

PerFamily<FamilyWord> hear_all(const ComponentIndex& row, const Profile& profile) {
  PerFamily<FamilyWord> words;
  for (const Family family : kFamilies) {
    hear(words[family], row.absolute[family], profile);
    for (const auto& pair : row.pairs) hear(words[family], pair.items[family], profile);
  }
  return words;
}

Label label_of(const ComponentIndex& row, const PerFamily<FamilyWord>& words) {
  const int weight = words[Family::weight].worst.severity;
  const int tokenizer = words[Family::tokenizer].worst.severity;
  const int architecture = words[Family::architecture].worst.severity;
  if (row.name == kTokenizerRow)
    return tokenizer >= 4 ? Label::derived : tokenizer < 0 ? Label::inconclusive : Label::likely_from_scratch;
  if (!row.declared.empty() || weight >= 4 || (tokenizer >= 4 && architecture >= 2)) return Label::derived;
  if (weight == 3) return Label::partial_reuse;
  if (tokenizer >= 4 || architecture >= 2) return Label::inconclusive;
  const bool spoke = weight >= 0 || tokenizer >= 0 || architecture >= 0;
  return spoke ? Label::likely_from_scratch : Label::inconclusive;
}

/// Mean of the families' points by reliability; what did not speak is left out, as the study did.
double p_of(const ComponentIndex& row, const PerFamily<FamilyWord>& words, const Profile& profile) {
  if (!row.declared.empty()) return profile.declared_p;
  double total = 0, points = 0;
  for (const Family family : kFamilies) {
    if (!words[family].spoke) continue;
    total += profile.weight[family];
    points += profile.weight[family] * words[family].worst.points;
  }
  return total > 0 ? 1 - points / total : profile.prior;
}

void name_parent(ComponentJudgement& judgement, const FamilyWord& word) {
  if (word.record == nullptr || word.record->reference.empty()) return;
  const char* relation = word.worst.severity == 3                   ? "partial"
                         : word.record->family == Family::tokenizer ? "tokenizer_reuse"
                                                                    : "derived";
  judgement.verdict.parents.push_back({word.record->reference, judgement.posterior.row->name, relation,
                                       judgement.verdict.p_derived, word.record->log10_p});
}

void explain(ComponentJudgement& judgement, const PerFamily<FamilyWord>& words) {
  for (const auto* declared : judgement.posterior.row->declared)
    judgement.reasons.push_back(
        {"verdict.declared",
         {{"component", declared->component}, {"parent", declared->parent}, {"source", declared->source}}});
  for (const Family family : kFamilies) {
    const auto& word = words[family];
    if (!word.spoke) continue;
    const bool alone = word.record->reference.empty();
    judgement.reasons.push_back(
        {alone ? "verdict.criterion-alone" : "verdict.criterion",
         {{"family", to_string(family)}, {"criterion", word.band->key}, {"reference", word.record->reference}}});
  }
}

}  // namespace

ComponentJudgement judge_by_criteria(const CaseIndex& index, const ComponentIndex& row, const Profile& profile) {
  ComponentJudgement judgement;
  judgement.posterior = posterior(row, profile);
  judgement.posterior.contributions.clear();  // no odds are weighed here
  const auto words = hear_all(row, profile);
  auto& verdict = judgement.verdict;
  verdict.label = label_of(row, words);
  verdict.p_derived = p_of(row, words, profile);
  verdict.score = score_of(verdict.p_derived);
  verdict.assurance = assurance_of(row, profile);
  verdict.coverage = coverage_of(row, relevant_families(index, row), profile);
  verdict.confidence =
      verdict.label == Label::inconclusive ? 0 : std::max(verdict.p_derived, 1 - verdict.p_derived) * verdict.coverage;
  verdict.status = row.any_evidence || !row.declared.empty() ? "in_progress" : "pending";
  judgement.compared_weights = scanned_pairs(row);
  judgement.suspicious = verdict.label == Label::inconclusive && row.any_evidence;
  for (const auto* declared : row.declared)
    verdict.parents.push_back({declared->parent, row.name, "declared", profile.declared_p, std::nullopt});
  if (verdict.label >= Label::partial_reuse)
    for (const Family family :
         row.name == kTokenizerRow ? std::vector{Family::tokenizer} : std::vector{Family::weight, Family::tokenizer})
      if (words[family].worst.severity >= 3) name_parent(judgement, words[family]);
  explain(judgement, words);
  return judgement;
}

}  // namespace pedigree::verdict
