// SPDX-License-Identifier: MIT
// The evidence of a case sorted by hypothesis: component -> reference -> family. Knows no profile,
// so one index serves every weighing of the same case (sensitivity, counterfactuals).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/verdict/profile.hpp"
#include "framework/verdict/verdict.hpp"

namespace pedigree::verdict {

inline constexpr const char* kTokenizerRow = "tokenizer";

/// One usable record, prepared. `log10_p` is corrected for every p-value of the case (Bonferroni) and
/// for what the controls show. A shared start never counts for descent.
struct Item {
  std::size_t index = 0;  ///< into Case::evidence
  const EvidenceRecord* record = nullptr;
  std::optional<double> log10_p;
  double lr = 0;              ///< log10 LR times the analyzer's weight, less what controls show; not capped
  bool descent = false;       ///< relation identical, derived or partial
  bool matches = false;       ///< relation derived or partial: what a shared random start explains
  bool shared_start = false;  ///< relation shared_initialization
};

/// The hypothesis "this component descends from this reference", with its evidence.
struct Pair {
  std::string reference;
  PerFamily<std::vector<Item>> items;
};

struct ComponentIndex {
  std::string name;
  std::vector<Pair> pairs;                ///< one per suspect, by id
  PerFamily<std::vector<Item>> absolute;  ///< evidence about the subject alone
  std::vector<const DeclaredReuse*> declared;
  bool any_evidence = false;  ///< about this component itself, or absolute
};

/// A control that looks like a parent.
struct ControlAlarm {
  std::string reference, component, signal;
  double log10_lr = 0;
  std::optional<double> log10_p;
};

struct CaseIndex {
  const Case* source = nullptr;
  std::string main;                        ///< the component that stands for the model: text_decoder
  std::vector<ComponentIndex> components;  ///< main first, the rest in order of the case, tokenizer last
  std::vector<std::string> suspects;       ///< by id, each once
  std::map<std::string, std::string> roles;
  std::vector<ControlAlarm> controls;  ///< every positive word of a control, strongest first
  std::size_t refused = 0;             ///< records whose numbers are not finite

  const ComponentIndex* find(const std::string& component) const;
};

CaseIndex index_case(const Case& case_);

}  // namespace pedigree::verdict
