// SPDX-License-Identifier: MIT
#include <algorithm>

#include "framework/verdict/judge.hpp"

namespace pedigree::verdict {
namespace {

using Rows = std::vector<const ComponentJudgement*>;

/// The label of the whole from its parts. Descent is a fact about the model whatever is claimed:
/// of the main component it is descent of the model, of another part partial reuse. What is clean is
/// clean only for the parts the claim covers.
Label combine_labels(const Rows& all, const Rows& claimed, const ComponentJudgement& main,
                     const ComponentJudgement& first) {
  if (main.verdict.label == Label::derived) return Label::derived;
  Label worst = first.verdict.label;
  for (const auto* row : all) {
    if (row->verdict.label >= Label::partial_reuse) return Label::partial_reuse;
    if (row->verdict.label == Label::shared_initialization) worst = std::max(worst, row->verdict.label);
  }
  for (const auto* row : claimed) {
    if (row->suspicious) worst = std::max(worst, Label::inconclusive);
    // A part nobody looked at cannot be called from scratch with the rest.
    if (row->verdict.label != Label::from_scratch && worst == Label::from_scratch) worst = Label::likely_from_scratch;
  }
  return worst;
}

void add_reasons(Verdict& model, const ComponentJudgement& row) {
  for (const auto& reason : row.reasons) {
    model.reasons.push_back(reason.key);
    model.reason_params.push_back(reason.params);
  }
}

/// Reasons of the parts that gave the label come first, then the main component's, then the rest.
void explain(Verdict& model, const Rows& rows, const ComponentJudgement& main) {
  Rows order(rows);
  std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
    const auto rank = [&](const auto* row) {
      if (row->verdict.label >= Label::shared_initialization) return 0;
      if (row->suspicious) return 1;
      return row == &main ? 2 : 3;
    };
    return rank(a) < rank(b);
  });
  for (const auto* row : order) add_reasons(model, *row);
}

void add_case_reasons(Verdict& model, const CaseIndex& index, const Profile& profile) {
  const auto add = [&](const char* key, nlohmann::json params, bool first = false) {
    model.reasons.insert(first ? model.reasons.begin() : model.reasons.end(), key);
    model.reason_params.insert(first ? model.reason_params.begin() : model.reason_params.end(), std::move(params));
  };
  if (!index.controls.empty()) {
    const auto& worst = index.controls.front();
    if (worst.log10_lr >= profile.control_alarm || (worst.log10_p && *worst.log10_p <= profile.decisive_log10_p))
      add("verdict.control-alarm",
          {{"reference", worst.reference}, {"signal", worst.signal}, {"log10_lr", worst.log10_lr}}, true);
  }
  if (profile.method == Method::source_criteria) add("verdict.source-criteria", nlohmann::json::object(), true);
  if (index.refused > 0) add("verdict.refused-evidence", {{"count", index.refused}});
  const auto& missing = index.source->missing_references;
  if (!missing.empty()) add("verdict.missing-references", {{"count", missing.size()}, {"first", missing.front()}});
}

double highest_parent(const Verdict& model) {
  double highest = 0;
  for (const auto& parent : model.parents) highest = std::max(highest, parent.p_derived);
  return highest;
}

bool control_alarm(const CaseIndex& index, const Profile& profile) {
  return std::any_of(index.controls.begin(), index.controls.end(), [&](const ControlAlarm& alarm) {
    return alarm.log10_lr >= profile.control_alarm || (alarm.log10_p && *alarm.log10_p <= profile.decisive_log10_p);
  });
}

}  // namespace

Verdict judge_model(const CaseIndex& index, const Draft& draft, const Profile& profile) {
  Rows all, claimed;
  const auto scope = scope_of(index);
  for (const auto& row : draft.components) {
    if (row.posterior.row->name == kTokenizerRow) continue;
    all.push_back(&row);
    if (std::find(scope.begin(), scope.end(), row.posterior.row->name) != scope.end()) claimed.push_back(&row);
  }
  const ComponentJudgement* main = draft.find(index.main);
  const ComponentJudgement* first =
      std::find(claimed.begin(), claimed.end(), main) == claimed.end() ? claimed.front() : main;

  Verdict model = first->verdict;
  model.label = combine_labels(all, claimed, *main, *first);
  model.parents.clear();
  model.coverage = 0;
  model.decisive = false;
  for (const auto* row : all) {
    const auto& part = row->verdict;
    model.parents.insert(model.parents.end(), part.parents.begin(), part.parents.end());
    model.decisive = model.decisive || (part.decisive && part.label >= model.label);
  }
  const ComponentJudgement* highest = first;
  for (const auto* row : claimed) {
    if (row->verdict.p_derived > highest->verdict.p_derived) highest = row;
    model.coverage += row->verdict.coverage / static_cast<double>(claimed.size());
  }
  // The claim fails as soon as one of its parts descends: the least of what is certain about that.
  model.p_derived = highest->verdict.p_derived;
  model.score = score_of(model.p_derived);
  model.contributions = highest->verdict.contributions;
  explain(model, all, *first);
  if (control_alarm(index, profile) && model.label < Label::inconclusive) model.label = Label::inconclusive;
  add_case_reasons(model, index, profile);
  if (model.label == Label::inconclusive)
    model.confidence = 0;
  else if (model.label >= Label::partial_reuse)
    model.confidence = highest_parent(model);
  return model;
}

}  // namespace pedigree::verdict
