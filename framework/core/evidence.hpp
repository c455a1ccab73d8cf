// SPDX-License-Identifier: MIT
// Evidence and outcomes as the host keeps them: what workers report and the weighing reads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pedigree {

/// The family an analyzer belongs to; families are weighted and capped as one.
enum class Family { tokenizer = 1, architecture, weight, behavior, training_log };
const char* to_string(Family family);  ///< "training_log"
std::optional<Family> family_from(std::string_view text);

/// One measurement of one analyzer, owned. Field meanings: sdk/include/pedigree/abi.h.
struct EvidenceRecord {
  std::string analyzer;  ///< "tokenizer.overlap"
  Family family = Family::architecture;
  std::string signal;
  std::string reference;  ///< empty: about the subject alone
  std::string component;
  double value = 0;
  std::string unit;
  double log10_lr = 0;
  std::optional<double> log10_p;
  std::string relation = "none";
  std::string summary_key;
  nlohmann::json params = nlohmann::json::object();
  nlohmann::json details = nlohmann::json::object();
};

/// How one analyzer run ended. Only `ok` evidence is weighed at full standing; evidence that arrived before a
/// crash or a deadline is kept and weighed too, and the outcome says so. No other outcome ever
/// counts for or against a model.
enum class OutcomeKind { ok, not_applicable, cancelled, config, input, resource, internal, crashed, timed_out, lost, refused };
const char* to_string(OutcomeKind kind);  ///< "not-applicable", "timed-out", ...
std::optional<OutcomeKind> outcome_from(std::string_view text);

struct Outcome {
  std::string analyzer;
  Family family = Family::architecture;
  std::string reference;  ///< empty: one run for all references, or about the subject alone
  OutcomeKind kind = OutcomeKind::ok;
  std::string message;
  double seconds = 0;
  double peak_mib = 0;
};

}  // namespace pedigree
