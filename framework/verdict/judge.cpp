// SPDX-License-Identifier: MIT
#include "framework/verdict/judge.hpp"

#include <algorithm>
#include <cmath>

#include "framework/verdict/component_facts.hpp"

namespace pedigree::verdict {
namespace {

using nlohmann::json;

constexpr std::size_t kNamed = 3;  ///< references named one by one in a list of reasons

const char* relation_of(const Pair& pair, const PairPosterior& posterior) {
  if (posterior.exact == Exact::shared_initialization) return "shared_initialization";
  if (posterior.exact == Exact::partial) return "partial";
  for (const auto& item : pair.items[Family::weight])
    if (item.record->relation == "identical" && item.record->log10_lr > 0) return "identical";
  if (posterior.exact == Exact::derived) return "derived";
  for (const auto& item : pair.items[Family::weight])  // strongest first
    if (item.descent && item.record->log10_lr > 0) return item.record->relation.c_str();
  return "derived";
}

/// Judges one component.
class ComponentJudge {
 public:
  ComponentJudge(const CaseIndex& index, const ComponentIndex& row, const Profile& profile, Detail detail)
      : index_(index), row_(row), profile_(profile) {
    result_.posterior = posterior(row, profile, detail);
  }

  ComponentJudgement judge() {
    auto& verdict = result_.verdict;
    verdict.p_derived = result_.posterior.p;
    verdict.score = score_of(verdict.p_derived);
    verdict.assurance = assurance_of(row_, profile_);
    verdict.coverage = coverage_of(row_, relevant_families(index_, row_), profile_);
    verdict.power = power_of(row_);
    verdict.contributions = result_.posterior.contributions;
    result_.compared_weights = scanned_pairs(row_);
    verdict.label = label();
    finish();
    return std::move(result_);
  }

 private:
  Label label() {
    if (row_.name == kTokenizerRow) return tokenizer_label();
    if (const auto certain = certain_label()) {
      result_.verdict.decisive = true;
      return *certain;
    }
    if (const auto named = label_by_band()) return *named;
    return open_label();
  }

  /// Exact tests and the model's own word.
  std::optional<Label> certain_label() {
    Exact strongest = Exact::none;
    for (std::size_t i = 0; i < row_.pairs.size(); ++i) {
      const auto& pair = result_.posterior.pairs[i];
      if (pair.exact == Exact::none) continue;
      strongest = std::max(strongest, pair.exact);
      add_parent(i);
    }
    for (const auto* declared : row_.declared) {
      result_.verdict.parents.push_back({declared->parent, row_.name, "declared", profile_.declared_p, std::nullopt});
      add("verdict.declared", {{"component", row_.name}, {"parent", declared->parent}, {"source", declared->source}});
    }
    if (strongest == Exact::derived) return Label::derived;
    if (!row_.declared.empty()) return Label::derived;
    if (strongest == Exact::partial) return Label::partial_reuse;
    if (strongest == Exact::shared_initialization) return Label::shared_initialization;
    return std::nullopt;
  }

  /// Weights that are not decisive: a high posterior that rests on the weight family itself.
  std::optional<Label> label_by_band() {
    if (result_.posterior.p < profile_.band_derived) return std::nullopt;
    std::optional<Label> found;
    for (std::size_t i = 0; i < row_.pairs.size(); ++i) {
      const auto& pair = result_.posterior.pairs[i];
      if (pair.family[Family::weight] < profile_.weights_needed || !names_descent(row_.pairs[i])) continue;
      if (pair.p < 0.5) continue;
      add_parent(i);
      const bool partial = std::string(relation_of(row_.pairs[i], pair)) == "partial";
      found = std::max(found.value_or(Label::from_scratch), partial ? Label::partial_reuse : Label::derived);
    }
    return found;
  }

  static bool names_descent(const Pair& pair) {
    const auto& items = pair.items[Family::weight];
    return std::any_of(items.begin(), items.end(),
                       [](const Item& item) { return item.descent && item.record->log10_lr > 0; });
  }

  void add_parent(std::size_t i) {
    const auto& pair = result_.posterior.pairs[i];
    const std::string relation = relation_of(row_.pairs[i], pair);
    result_.verdict.parents.push_back({pair.reference, row_.name, relation, pair.p, pair.log10_p});
    json params{{"component", row_.name}, {"reference", pair.reference}, {"relation", relation}, {"p", pair.p}};
    if (pair.log10_p) params["log10_p"] = *pair.log10_p;
    if (pair.exact == Exact::shared_initialization) return add("verdict.shared-initialization", std::move(params));
    if (pair.exact == Exact::none) {
      params["log10_lr"] = pair.family[Family::weight];
      return add("verdict.weights-speak", std::move(params));
    }
    add(pair.exact == Exact::partial ? "verdict.decisive-partial" : "verdict.decisive", std::move(params));
  }

  /// Nothing proves descent: what may be said instead?
  Label open_label() {
    if (!row_.any_evidence) {
      add("verdict.not-looked", {{"component", row_.name}});
      return Label::inconclusive;
    }
    find_suspicions();
    find_self_test();
    const double p = result_.posterior.p;
    const int assurance = result_.verdict.assurance;
    if (p > profile_.band_clean) {
      result_.suspicious = true;
      if (result_.reasons.empty()) explain_posterior();
    }
    if (result_.suspicious) return Label::inconclusive;
    if (assurance == 4 && p <= profile_.band_from_scratch) {
      add("verdict.training-record", {{"component", row_.name}});
      return Label::from_scratch;
    }
    if (!looked_for_descent()) {
      add("verdict.nothing-compared", {{"component", row_.name}});
      return Label::inconclusive;
    }
    if (result_.verdict.coverage < profile_.min_coverage) {
      add("verdict.low-coverage", {{"coverage", result_.verdict.coverage}, {"needed", profile_.min_coverage}});
      return Label::inconclusive;
    }
    // Asked for and failed: not the same as not asked for (decision 0035).
    if (const auto failed = failed_pairs(index_, row_); !failed.empty()) {
      result_.owed.insert(result_.owed.end(), failed.begin(), failed.end());
      name_owed("verdict.owed-failed", failed);
      return Label::inconclusive;
    }
    explain_clean(assurance);
    return Label::likely_from_scratch;
  }

  /// A description of the subject looks for nobody: some reference must have been compared, or something
  /// about the subject alone must speak against descent.
  bool looked_for_descent() const {
    for (const Family family : kFamilies) {
      for (const auto& item : row_.absolute[family])
        if (effective_lr(item, profile_) < 0) return true;
      for (const auto& pair : row_.pairs)
        if (!pair.items[family].empty()) return true;
    }
    return false;
  }

  void explain_posterior() {
    const auto* top = result_.posterior.top();
    add("verdict.posterior-open",
        {{"component", row_.name}, {"p", result_.posterior.p}, {"reference", top == nullptr ? "" : top->reference}});
  }

  void explain_clean(int assurance) {
    json params{{"component", row_.name}, {"references", row_.pairs.size()}, {"compared", result_.compared_weights}};
    static constexpr const char* kKeys[] = {"verdict.clean-metadata", "verdict.clean-metadata",
                                            "verdict.clean-behavior", "verdict.clean-weights", "verdict.clean-weights"};
    const char* key = kKeys[std::clamp(assurance, 0, 4)];
    if (assurance < 3 && result_.compared_weights > 0)
      key = "verdict.clean-some-weights";
    else if (assurance < 3 && family_coverage(row_, Family::weight) > 0)
      key = "verdict.clean-weights-without-power";
    add(key, std::move(params));
  }

  /// A training record linked to these weights settles what shape and behaviour suggest; so do
  /// weights that were compared and found unrelated.
  void find_suspicions() {
    if (has_link(row_, profile_)) return;
    std::vector<std::string> shape, behavior;
    for (std::size_t i = 0; i < row_.pairs.size(); ++i) {
      const auto& pair = row_.pairs[i];
      if (settled_by_weights(pair, result_.posterior.pairs[i], profile_)) continue;
      const bool same = same_shape(pair);
      if (!same && !close_behavior(pair, profile_)) continue;
      result_.suspicious = true;
      result_.owed.push_back(pair.reference);
      (same ? shape : behavior).push_back(pair.reference);
    }
    name_owed("verdict.owed-architecture", shape);
    if (const auto& twins = index_.source->missing_twins; row_.name == index_.main && !twins.empty()) {
      result_.suspicious = true;
      name_owed("verdict.owed-outside", twins);
    }
    name_owed("verdict.owed-behavior", behavior);
  }

  /// One sentence for all references of a kind: the first few by name, the rest by number.
  void name_owed(const char* key, const std::vector<std::string>& references) {
    if (references.empty()) return;
    std::string names;
    for (std::size_t i = 0; i < std::min(references.size(), kNamed); ++i) names += (i > 0 ? ", " : "") + references[i];
    add(key, {{"component", row_.name}, {"reference", names}, {"references", references}});
    if (references.size() > kNamed) add("verdict.owed-more", {{"count", references.size() - kNamed}});
  }

  /// The weights alone may show that they began as another model, known or not.
  void find_self_test() {
    for (const auto& item : row_.absolute[Family::weight]) {
      if (!item.descent || effective_lr(item, profile_) <= 0) continue;
      result_.suspicious = true;
      return add("verdict.self-test", {{"component", row_.name}, {"signal", item.record->signal}});
    }
  }

  Label tokenizer_label() {
    bool looked = row_.any_evidence;
    bool reused = false;
    for (const auto& pair : result_.posterior.pairs) {
      if (!pair.tokenizer_reuse) continue;
      reused = true;
      result_.verdict.parents.push_back({pair.reference, row_.name, "tokenizer_reuse", pair.p, pair.log10_p});
      add("verdict.tokenizer-reuse", {{"reference", pair.reference}});
    }
    if (!row_.declared.empty()) return *certain_label();
    if (built_on_public() || reused) return Label::derived;
    const bool compared = std::any_of(row_.pairs.begin(), row_.pairs.end(),
                                      [](const Pair& pair) { return !pair.items[Family::tokenizer].empty(); });
    if (!looked || !compared || result_.posterior.p > profile_.band_clean) {
      add("verdict.tokenizer-open", json::object());
      return Label::inconclusive;
    }
    add("verdict.tokenizer-own", {{"references", row_.pairs.size()}});
    return Label::likely_from_scratch;
  }

  /// A public vocabulary that no reference stands for: the analyzer names it in `base`.
  bool built_on_public() {
    auto& verdict = result_.verdict;
    const auto known = verdict.parents.size();
    for (const auto& item : row_.absolute[Family::tokenizer]) {
      const auto base = item.record->params.find("base");
      if (item.record->relation != "tokenizer_reuse" || base == item.record->params.end() || !base->is_string())
        continue;
      verdict.p_derived = std::max(verdict.p_derived, profile_.reuse_p);
      verdict.score = score_of(verdict.p_derived);
      verdict.parents.push_back({*base, row_.name, "tokenizer_reuse", profile_.reuse_p, std::nullopt});
      add("verdict.tokenizer-public", {{"base", *base}});
    }
    return verdict.parents.size() > known;
  }

  void finish() {
    auto& verdict = result_.verdict;
    std::stable_sort(verdict.parents.begin(), verdict.parents.end(), [](const Parent& a, const Parent& b) {
      return a.p_derived != b.p_derived ? a.p_derived > b.p_derived : a.log10_p.value_or(0) < b.log10_p.value_or(0);
    });
    const bool severe = verdict.label >= Label::shared_initialization;
    // A label that the weights gave rests on weights, however few references had any.
    if (severe && row_.name != kTokenizerRow && result_.compared_weights > 0)
      verdict.assurance = std::max(verdict.assurance, 3);
    if (!row_.any_evidence && row_.declared.empty())
      verdict.status = "pending";
    else if (verdict.decisive || verdict.label == Label::from_scratch)
      verdict.status = "complete";
    else
      verdict.status = verdict.assurance >= 3 && verdict.label != Label::inconclusive ? "complete" : "in_progress";
    if (row_.name == kTokenizerRow && row_.any_evidence) verdict.status = "complete";
    verdict.confidence = confidence();
  }

  double confidence() const {
    const auto& verdict = result_.verdict;
    if (verdict.label == Label::inconclusive) return 0;
    if (verdict.label == Label::shared_initialization) return 1 - profile_.band_from_scratch;
    if (verdict.label >= Label::partial_reuse) return verdict.p_derived;
    return (1 - verdict.p_derived) * profile_.confidence_ceiling.at(static_cast<std::size_t>(verdict.assurance));
  }

  void add(const char* key, json params) { result_.reasons.push_back({key, std::move(params)}); }

  const CaseIndex& index_;
  const ComponentIndex& row_;
  const Profile& profile_;
  ComponentJudgement result_;
};

}  // namespace

const ComponentJudgement* Draft::find(const std::string& name) const {
  for (const auto& component : components)
    if (component.posterior.row->name == name) return &component;
  return nullptr;
}

std::vector<Family> relevant_families(const CaseIndex& index, const ComponentIndex& row) {
  if (row.name == kTokenizerRow) return {Family::tokenizer};
  if (row.name == index.main) return {kFamilies.begin(), kFamilies.end()};
  return {Family::architecture, Family::weight};
}

std::vector<std::string> scope_of(const CaseIndex& index) {
  const auto& claimed = index.source->claim_scope;
  std::vector<std::string> scope;
  for (const auto& row : index.components) {
    if (row.name == kTokenizerRow) continue;
    if (claimed.empty() || std::find(claimed.begin(), claimed.end(), row.name) != claimed.end())
      scope.push_back(row.name);
  }
  if (scope.empty()) scope.push_back(index.main);
  return scope;
}

int score_of(double p) { return static_cast<int>(std::lround(100 * (1 - std::clamp(p, 0.0, 1.0)))); }

Draft judge(const CaseIndex& index, const Profile& profile, Detail detail) {
  Draft draft;
  const bool by_criteria = profile.method == Method::source_criteria;
  for (const auto& row : index.components)
    draft.components.push_back(by_criteria ? judge_by_criteria(index, row, profile)
                                           : ComponentJudge(index, row, profile, detail).judge());
  draft.model = judge_model(index, draft, profile);
  return draft;
}

}  // namespace pedigree::verdict
