// SPDX-License-Identifier: MIT
// parameter-count: the shape's parameters against the claim.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "pedigree/io/json.hpp"
#include "plugins/architecture/parameters.hpp"
#include "plugins/architecture/signals.hpp"

namespace pedigree::architecture {
namespace {

/// "102.6B", "124.4M": for sentences.
std::string in_words(double count) {
  struct Unit {
    double size;
    char letter;
  };
  constexpr Unit kUnits[] = {{1e12, 'T'}, {1e9, 'B'}, {1e6, 'M'}};
  const auto* unit =
      std::find_if(std::begin(kUnits), std::end(kUnits) - 1, [&](const Unit& u) { return count >= u.size; });
  char buffer[48];
  const auto end = std::to_chars(buffer, buffer + 40, count / unit->size, std::chars_format::fixed, 1).ptr;
  return std::string{buffer, end} + unit->letter;
}

/// The claim of the pipeline, else of the card; 0 when nobody claims anything.
double claim(double option, const ModelFacts& subject, const char* card_key) {
  if (option > 0) return option;
  return static_cast<double>(subject.card_integer(card_key).value_or(0));
}

bool differs(double estimate, double claimed, double tolerance) {
  return claimed > 0 && std::abs(estimate - claimed) > tolerance * claimed;
}

}  // namespace

std::optional<Evidence> parameter_count(const ModelFacts& subject, const Settings& settings) {
  if (!subject.config) return std::nullopt;
  const auto result = estimate_parameters(*subject.config);
  if (!result.estimate) return std::nullopt;
  const auto& estimate = *result.estimate;
  const double total = claim(settings.claimed_parameters, subject, "parameters");
  const double active = claim(settings.claimed_active_parameters, subject, "active_parameters");
  const bool wrong_total = differs(estimate.total, total, settings.parameter_tolerance);
  // Makers count active parameters with or without embeddings: the claim may lie between the two.
  const double least_active = estimate.active - estimate.embedding - estimate.output_head;
  const bool wrong_active = active > 0 && (active < least_active * (1 - settings.parameter_tolerance) ||
                                           active > estimate.active * (1 + settings.parameter_tolerance) + 1e9);
  Evidence evidence;
  evidence.signal = signal::kParameterCount;
  evidence.value = estimate.total;
  evidence.summary_key = total <= 0     ? "parameter_count_estimate"
                         : wrong_total  ? "parameter_count_mismatch"
                         : wrong_active ? "active_count_mismatch"
                                        : "parameter_count_agrees";
  evidence.params_json = io::json_text({{"estimate", in_words(estimate.total)},
                                        {"claim", in_words(total)},
                                        {"active", in_words(estimate.active)},
                                        {"active_claim", in_words(active)}});
  auto details = estimate.to_json();
  if (total > 0) details["claimed_total"] = total;
  if (active > 0) details["claimed_active"] = active;
  details["total_mismatch"] = wrong_total;
  details["active_mismatch"] = wrong_active;
  details["tolerance"] = settings.parameter_tolerance;
  if (!result.omitted.empty()) details["omitted"] = result.omitted;
  evidence.details_json = io::json_text(details);
  return evidence;
}

}  // namespace pedigree::architecture
