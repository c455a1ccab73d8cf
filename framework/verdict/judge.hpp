// SPDX-License-Identifier: MIT
// From posteriors to labels: one verdict per component, then the model's.
#pragma once

#include <string>
#include <vector>

#include "framework/verdict/posterior.hpp"

namespace pedigree::verdict {

/// One sentence to come: a message key and its values.
struct Reason {
  std::string key;
  nlohmann::json params;
};

/// A component with everything its label rests on.
struct ComponentJudgement {
  ComponentPosterior posterior;
  Verdict verdict;
  std::vector<Reason> reasons;
  bool suspicious = false;           ///< something speaks for descent and is not settled
  std::vector<std::string> owed;     ///< references whose weights must be compared before anything is trusted
  std::size_t compared_weights = 0;  ///< suspects whose weights were compared
};

struct Draft {
  std::vector<ComponentJudgement> components;  ///< same order as CaseIndex::components
  Verdict model;
  const ComponentJudgement* find(const std::string& name) const;
};

/// Judges an index under a profile. Pure; the heart of the weighing.
Draft judge(const CaseIndex& index, const Profile& profile, Detail detail = Detail::full);

/// The model's verdict from its components, by the scope of the claim.
Verdict judge_model(const CaseIndex& index, const Draft& draft, const Profile& profile);

/// One component by the raw thresholds of the source study (profile method source-criteria).
ComponentJudgement judge_by_criteria(const CaseIndex& index, const ComponentIndex& row, const Profile& profile);

/// Families that can say anything about this component.
std::vector<Family> relevant_families(const CaseIndex& index, const ComponentIndex& row);
/// Components whose descent decides the model's label: the claim's scope, or all but the tokenizer.
std::vector<std::string> scope_of(const CaseIndex& index);
/// round(100 (1 - p)), kept inside 0..100.
int score_of(double p);

}  // namespace pedigree::verdict
