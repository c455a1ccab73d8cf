// SPDX-License-Identifier: MIT
// Short ways to write a case in a test.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/verdict/profile.hpp"
#include "framework/verdict/verdict.hpp"

namespace pedigree::verdict::testing {

/// A case about a text decoder with `references` suspects named r000, r001, ...
inline std::string reference_name(std::size_t i) {
  std::string digits = std::to_string(i);
  return "r" + std::string(3 - std::min<std::size_t>(3, digits.size()), '0') + digits;
}

inline Case make_case(std::size_t references = 1) {
  Case result;
  result.components = {"text_decoder"};
  for (std::size_t i = 0; i < references; ++i) result.references.push_back({reference_name(i), "suspect", {}, {}});
  return result;
}

inline EvidenceRecord evidence(Family family, std::string signal, double log10_lr, std::string reference = "r000",
                               std::string relation = "none") {
  EvidenceRecord record;
  record.analyzer = to_string(family);
  record.family = family;
  record.signal = std::move(signal);
  record.reference = std::move(reference);
  record.component = family == Family::tokenizer ? "tokenizer" : "text_decoder";
  record.value = 0.5;
  record.unit = "fraction";
  record.log10_lr = log10_lr;
  record.relation = std::move(relation);
  return record;
}

inline EvidenceRecord exact(double log10_p, double log10_lr = 6, std::string reference = "r000",
                            std::string relation = "derived") {
  auto record =
      evidence(Family::weight, "weight.hidden-unit-match", log10_lr, std::move(reference), std::move(relation));
  record.log10_p = log10_p;
  return record;
}

/// A weight comparison that could have found descent and did not.
inline EvidenceRecord clean_scan(std::string reference, double log10_lr = -2) {
  auto record = evidence(Family::weight, "weight.hidden-unit-match", log10_lr, std::move(reference));
  record.log10_p = -0.1;
  record.details = {{"power", {{"row_correlation", 0.07}}}};
  return record;
}

inline const Verdict& component(const Judgement& judgement, const std::string& name) {
  for (const auto& row : judgement.components)
    if (row.name == name) return row.verdict;
  static const Verdict kNone;
  return kNone;
}

inline bool has_reason(const Verdict& verdict, const std::string& key) {
  for (const auto& reason : verdict.reasons)
    if (reason == key) return true;
  return false;
}

/// Configs compared with every reference, nothing alike.
inline Case clean_metadata(std::size_t references = 3) {
  Case result = make_case(references);
  for (std::size_t i = 0; i < references; ++i)
    result.evidence.push_back(evidence(Family::architecture, "architecture.core-match", -0.05, reference_name(i)));
  return result;
}

}  // namespace pedigree::verdict::testing
