// SPDX-License-Identifier: MIT
// From evidence to verdict: a pure function (no I/O, no clock, no environment).
// The mathematics, with worked examples: docs/reference/verdict.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/core/evidence.hpp"

namespace pedigree::verdict {

/// Labels, by rising severity of what they say about "from scratch" (contract, design.md 4.3).
enum class Label { from_scratch, likely_from_scratch, inconclusive, shared_initialization, partial_reuse, derived };
const char* to_string(Label label);
std::optional<Label> label_from(std::string_view text);

/// What the weighing must know beside the evidence.
struct ReferenceFacts {
  std::string id;
  std::string role;                                 ///< suspect control ancestor
  std::vector<std::string> compared;                ///< families with evidence (completed by the weighing)
  std::map<std::string, std::string> not_compared;  ///< family -> reason
};

struct DeclaredReuse {
  std::string component;  ///< vision_encoder
  std::string parent;     ///< id or family named by the model's own files
  std::string source;     ///< where it is said: "config.json:/vision_config/model_type"
};

struct Case {
  std::vector<EvidenceRecord> evidence;
  std::vector<Outcome> outcomes;
  std::vector<ReferenceFacts> references;
  std::vector<std::string> components;   ///< components the subject has; "text_decoder" at least
  std::vector<std::string> claim_scope;  ///< components claimed from scratch; empty: all
  std::vector<DeclaredReuse> declared;
  std::vector<std::string> missing_references;  ///< obvious references not in the set, with the reason
  std::vector<std::string> missing_twins;       ///< ids of those whose decoder has the subject's shape
  /// Analyzer id -> factor on its likelihood ratios (the pipeline's `weight:`); absent: 1.
  std::map<std::string, double> analyzer_weight;
};

/// Someone the verdict names. relation: identical derived partial shared_initialization tokenizer_reuse declared.
struct Parent {
  std::string id, component, relation;
  double p_derived = 0;
  std::optional<double> log10_p;  ///< corrected for every search
};

/// Steps of the waterfall from prior to posterior, for reports. They add up to the final log10 odds.
struct Contribution {
  std::string what;       ///< "prior", a family ("weight"), "decisive" or "declared"
  std::string signal;     ///< the strongest signal of that family; empty for the prior
  std::string reference;  ///< the hypothesis it spoke of most; empty: the subject alone
  double log10_odds = 0;  ///< what it added
};

struct Verdict {
  Label label = Label::inconclusive;
  std::string status = "pending";  ///< complete in_progress pending
  int score = 50;                  ///< round(100 (1 - p_derived))
  double p_derived = 0.5;
  int assurance = 0;      ///< 0..4, design.md 4.4
  double coverage = 0;    ///< share of the profile's weight that produced evidence
  double confidence = 0;  ///< docs/reference/verdict.md#confidence; 0 for inconclusive
  bool decisive = false;  ///< rests on an exact test that cannot be outvoted, or on a declaration
  std::vector<Parent> parents;
  std::vector<std::string> reasons;  ///< message keys, most important first (see report/messages)
  std::vector<nlohmann::json> reason_params;
  std::vector<Contribution> contributions;
  nlohmann::json power;  ///< what the weight scan would have caught, as the analyzer stated it; null when unstated
};

struct ComponentVerdict {
  std::string name;
  Verdict verdict;
};

struct ReferenceVerdict {
  ReferenceFacts facts;
  double p_derived = 0;
  std::string relation = "none";  ///< "not_compared" when nothing looked at this reference
  std::optional<double> log10_p;  ///< corrected for every search
};

struct NextEvidence {
  std::string key;  ///< message key
  nlohmann::json params;
  double could_move = 0;  ///< points of score
};

/// The verdict again with one setting changed.
struct SensitivityCase {
  std::string what;  ///< "prior", "weight.tokenizer", "cap.architecture"
  double factor = 1;
  int score = 0;
  Label label = Label::inconclusive;
};

struct Judgement {
  Verdict model;
  std::vector<ComponentVerdict> components;
  std::vector<ReferenceVerdict> references;
  /// How much each piece of evidence supports "from scratch", same order as Case::evidence:
  /// strong indirect conditional neutral questionable contrary.
  std::vector<std::string> support;
  std::vector<std::string>
      criteria;  ///< per evidence: message key of the source study's criterion it meets; "" when none
  std::vector<NextEvidence> next_evidence;
  std::vector<SensitivityCase> sensitivity;
  bool enough_evidence = false;  ///< false: exit code 3 (docs/reference/verdict.md#enough-evidence)
};

/// The `verdict:` section of a profile, checked (framework/verdict/profile.hpp).
struct Profile;

/// Weighs a case. Pure and deterministic: the order of the evidence does not matter. Total for
/// every input; a record whose numbers are not finite counts as an abstention.
Judgement weigh(const Case& case_, const Profile& profile);

}  // namespace pedigree::verdict
