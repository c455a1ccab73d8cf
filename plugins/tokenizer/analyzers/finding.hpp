// SPDX-License-Identifier: MIT
// One measurement on its way to the host.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::tokenizer {

struct Finding {
  std::string_view signal;
  std::string_view reference;  ///< empty: about the subject alone
  double value = 0;
  std::string_view summary_key;
  nlohmann::json params = nlohmann::json::object();
  nlohmann::json details = nlohmann::json::object();
  double log10_lr = 0;
  std::string_view relation = relation::kNone;
  std::string_view component = component::kTokenizer;
};

inline void emit(const Host& host, const Finding& finding) {
  Evidence e;
  e.signal = finding.signal;
  e.reference = finding.reference;
  e.component = finding.component;
  e.value = finding.value;
  e.log10_lr = finding.log10_lr;
  e.relation = finding.relation;
  e.summary_key = finding.summary_key;
  e.params_json = io::json_text(finding.params);
  e.details_json = io::json_text(finding.details);
  host.emit(e);
}

}  // namespace pedigree::tokenizer
