// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <set>

#include "framework/verdict/criteria.hpp"
#include "framework/verdict/judge.hpp"
#include "framework/verdict/outlook.hpp"

namespace pedigree::verdict {
namespace {

constexpr std::array<const char*, 8> kRelations{
    "none",    "architecture_reuse", "behavioral_proximity", "tokenizer_reuse", "shared_initialization", "partial",
    "derived", "identical"};

std::size_t rank_of(const std::string& relation) {
  const auto found = std::find(kRelations.begin(), kRelations.end(), relation);
  return found == kRelations.end() ? 0 : static_cast<std::size_t>(found - kRelations.begin());
}

/// What a reference's evidence shows. Descent is said only where a verdict names the reference as a
/// parent; what is weaker, as measured.
std::string relation_with(const std::string& id, const CaseIndex& index, const Draft& draft) {
  std::size_t strongest = 0;
  for (const auto& component : draft.components)
    for (const auto& parent : component.verdict.parents)
      if (parent.id == id) strongest = std::max(strongest, rank_of(parent.relation));
  for (const auto& record : index.source->evidence)
    if (record.reference == id && record.log10_lr > 0 && rank_of(record.relation) <= rank_of("tokenizer_reuse"))
      strongest = std::max(strongest, rank_of(record.relation));
  return kRelations.at(strongest);
}

void note_families(ReferenceFacts& facts, const std::map<std::string, std::set<Family>>& seen) {
  const auto found = seen.find(facts.id);
  if (found == seen.end()) return;
  std::set<std::string> names(facts.compared.begin(), facts.compared.end());
  for (const Family family : found->second) names.insert(to_string(family));
  facts.compared.clear();
  for (const Family family : kFamilies)
    if (names.count(to_string(family)) == 1) facts.compared.emplace_back(to_string(family));
  for (const auto& name : facts.compared) facts.not_compared.erase(name);
}

std::vector<ReferenceFacts> all_references(const CaseIndex& index) {
  std::vector<ReferenceFacts> facts;
  std::set<std::string> listed;
  for (const auto& reference : index.source->references)
    if (listed.insert(reference.id).second) facts.push_back(reference);
  for (const auto& [id, role] : index.roles)
    if (listed.insert(id).second) facts.push_back({id, role, {}, {}});
  return facts;
}

/// Highest posterior over the components of the scope, smallest p over all but the tokenizer.
void fill_numbers(ReferenceVerdict& verdict, const std::vector<std::string>& scope, const Draft& draft) {
  for (const auto& component : draft.components) {
    if (component.posterior.row->name == kTokenizerRow) continue;
    const bool claimed = std::find(scope.begin(), scope.end(), component.posterior.row->name) != scope.end();
    const auto& pairs = component.posterior.pairs;
    const auto pair = std::lower_bound(pairs.begin(), pairs.end(), verdict.facts.id,
                                       [](const PairPosterior& a, const std::string& id) { return a.reference < id; });
    if (pair == pairs.end() || pair->reference != verdict.facts.id) continue;
    if (claimed) verdict.p_derived = std::max(verdict.p_derived, pair->p);
    if (pair->log10_p && (!verdict.log10_p || *pair->log10_p < *verdict.log10_p)) verdict.log10_p = pair->log10_p;
  }
}

std::vector<ReferenceVerdict> judge_references(const CaseIndex& index, const Draft& draft) {
  std::map<std::string, std::set<Family>> seen;
  for (const auto& record : index.source->evidence)
    if (!record.reference.empty()) seen[record.reference].insert(record.family);
  const auto scope = scope_of(index);
  std::vector<ReferenceVerdict> result;
  for (auto& facts : all_references(index)) {
    ReferenceVerdict verdict;
    verdict.facts = std::move(facts);
    note_families(verdict.facts, seen);
    fill_numbers(verdict, scope, draft);
    verdict.relation = verdict.facts.compared.empty() ? "not_compared" : relation_with(verdict.facts.id, index, draft);
    result.push_back(std::move(verdict));
  }
  return result;
}

}  // namespace

const char* to_string(Label label) {
  static constexpr std::array<const char*, 6> kNames{"from_scratch",          "likely_from_scratch", "inconclusive",
                                                     "shared_initialization", "partial_reuse",       "derived"};
  const auto at = static_cast<std::size_t>(label);
  return at < kNames.size() ? kNames.at(at) : "inconclusive";
}

std::optional<Label> label_from(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(Label::derived); ++i)
    if (text == to_string(static_cast<Label>(i))) return static_cast<Label>(i);
  return std::nullopt;
}

Judgement weigh(const Case& case_, const Profile& profile) {
  const CaseIndex index = index_case(case_);
  Draft draft = judge(index, profile);
  Judgement judgement;
  judgement.references = judge_references(index, draft);
  judgement.next_evidence = next_evidence(index, draft, profile);
  judgement.sensitivity = sensitivity(index, profile);
  for (const auto& record : case_.evidence) {
    const auto* band = criterion(record, profile);
    judgement.support.push_back(support_word(record, profile));
    judgement.criteria.push_back(band == nullptr ? "" : band->key);
  }
  for (auto& component : draft.components) {
    for (auto& reason : component.reasons) {
      component.verdict.reasons.push_back(std::move(reason.key));
      component.verdict.reason_params.push_back(std::move(reason.params));
    }
    judgement.components.push_back({component.posterior.row->name, std::move(component.verdict)});
  }
  judgement.model = std::move(draft.model);
  // A suspicion is something found: a verdict, although it is inconclusive.
  judgement.enough_evidence =
      judgement.model.label != Label::inconclusive ||
      std::any_of(draft.components.begin(), draft.components.end(), [](const auto& part) { return part.suspicious; }) ||
      std::any_of(judgement.components.begin(), judgement.components.end(), [&](const ComponentVerdict& part) {
        return part.name != kTokenizerRow && part.verdict.coverage >= profile.min_coverage;
      });
  return judgement;
}

}  // namespace pedigree::verdict
