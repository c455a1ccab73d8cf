// SPDX-License-Identifier: MIT
// From evidence to verdict: a pure function (no I/O, no clock, no environment).
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

/// What the weighing must know beside the evidence.
struct ReferenceFacts {
  std::string id;
  std::string role;                                 ///< suspect control ancestor
  std::vector<std::string> compared;                ///< families with evidence
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
};

struct Parent {
  std::string id, component, relation;
  double p_derived = 0;
  std::optional<double> log10_p;
};

/// Steps of the waterfall from prior to posterior, for reports.
struct Contribution {
  std::string what;       ///< "prior", or "architecture: architecture.core-match"
  std::string reference;  ///< the hypothesis it belongs to
  double log10_odds = 0;  ///< what it added
};

struct Verdict {
  Label label = Label::inconclusive;
  std::string status = "pending";  ///< complete in_progress pending
  int score = 50;                  ///< round(100 (1 - p_derived))
  double p_derived = 0.5;
  int assurance = 0;               ///< 0..4, design.md 4.4
  double coverage = 0;             ///< share of the profile's weight that produced evidence
  double confidence = 0;
  std::vector<Parent> parents;
  std::vector<std::string> reasons;  ///< message keys, most important first (see report/messages)
  std::vector<nlohmann::json> reason_params;
  std::vector<Contribution> contributions;
};

struct ComponentVerdict {
  std::string name;
  Verdict verdict;
};

struct ReferenceVerdict {
  ReferenceFacts facts;
  double p_derived = 0;
  std::string relation = "none";
  std::optional<double> log10_p;  ///< corrected for every search
};

struct NextEvidence {
  std::string key;  ///< message key
  nlohmann::json params;
  double could_move = 0;  ///< points of score
};

/// How much one piece of evidence supports "from scratch": strong indirect conditional neutral questionable contrary.
struct Judgement {
  Verdict model;
  std::vector<ComponentVerdict> components;
  std::vector<ReferenceVerdict> references;
  std::vector<std::string> support;  ///< one word per Case::evidence, same order
  std::vector<std::string> criteria; ///< one per Case::evidence: the source study's criterion met, as message text key; "" when none
  std::vector<NextEvidence> next_evidence;
};

/// The `verdict:` section of a profile, checked (framework/verdict/profile.hpp).
struct Profile;

/// Weighs a case. Pure and deterministic; total for every input (evidence that is not finite has
/// been refused before).
Judgement weigh(const Case& case_, const Profile& profile);

}  // namespace pedigree::verdict
