// SPDX-License-Identifier: MIT
// The `verdict:` section of a profile: every number the weighing uses. Meanings, defaults and the
// reasons for them: docs/reference/verdict.md.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "framework/core/evidence.hpp"
#include "pedigree/io/result.hpp"

namespace pedigree::verdict {

inline constexpr std::array<Family, 5> kFamilies{Family::tokenizer, Family::architecture, Family::weight,
                                                 Family::behavior, Family::training_log};

/// A value per family.
template <class T>
class PerFamily {
 public:
  constexpr PerFamily() = default;
  explicit constexpr PerFamily(const std::array<T, 5>& values) : values_(values) {}
  const T& operator[](Family family) const { return values_.at(static_cast<std::size_t>(family) - 1); }
  T& operator[](Family family) { return values_.at(static_cast<std::size_t>(family) - 1); }

 private:
  std::array<T, 5> values_{};
};

/// How dependent evidence of one family becomes one number. Never a sum.
enum class Combine {
  strongest,  ///< the one furthest from 0; of two equally far, the one for descent
  average     ///< log10 of the mean likelihood ratio: e-values may be averaged under any dependence
};

enum class Method { calibrated, source_criteria };

/// One row of a criterion: met when value > above, or value >= at_least; the first row met counts.
struct CriterionBand {
  double bound = 0;
  bool inclusive = true;
  std::string key;       ///< message key, "criteria.core-match.same"
  std::string suggests;  ///< derived partial_reuse suspected similar independent none
};

struct Profile {
  Method method = Method::calibrated;
  double prior = 0.2;    ///< P(a component descends from some other model) before any evidence
  double unseen = 0.25;  ///< the share of that prior given to parents outside the reference set
  PerFamily<double> weight{{0.8, 0.5, 0.8, 0.5, 1.0}};
  PerFamily<double> cap{{0.5, 0.3, 3.0, 1.0, 0.7}};  ///< on |log10 LR|
  double cap_exact = 6.0;                            ///< for the weight family, as far as log10_p carries it
  std::map<std::string, double> signal_cap;          ///< signal -> cap that replaces the family's
  PerFamily<Combine> combine{};                      ///< strongest
  double decisive_log10_p = -12;                     ///< after correcting for every search
  double decisive_log10_odds = 4;                    ///< what a decisive test is worth at least
  std::vector<Family> decisive_families{Family::weight};
  double band_derived = 0.90;        ///< p_derived from which weights that are not decisive make "derived"
  double band_clean = 0.30;          ///< p_derived up to which "likely from scratch" may be said
  double band_from_scratch = 0.05;   ///< p_derived up to which "from scratch" may be said
  double weights_needed = 2.0;       ///< log10 LR of the weight family that "derived" by band needs
  double cleared = -1.0;             ///< log10 LR of the weight family at which a suspicion is settled
  double suspicious_behavior = 0.5;  ///< log10 LR of behavioural proximity that must be settled by weights
  double control_alarm = 1.0;        ///< log10 LR at which a control speaks of a broken scale
  double min_coverage = 0.1;
  double scanned_share = 0.5;  ///< share of suspects whose weights must be compared for assurance 3
  double declared_p = 0.99;    ///< p_derived of what the model's own files say
  double reuse_p = 0.95;       ///< p_derived of a tokenizer found to be reused
  std::array<double, 5> confidence_ceiling{0, 0.6, 0.7, 0.95, 1};  ///< by assurance, for "from scratch" labels
  std::vector<std::string> link_signals{"training_log.step0-link"};
  std::map<std::string, std::vector<CriterionBand>> criteria;

  /// The built-in defaults (equal to pipelines/profiles/calibrated.yaml, held by a test).
  static Profile defaults();
  /// Reads a merged `verdict:` section. null gives the defaults; an unknown key, a wrong type or a
  /// number out of range is an error of code PED-V001 whose place is the JSON pointer.
  static io::Result<Profile> from_json(const nlohmann::json& section);
};

/// Reliability word (very_high high medium low) to weight; nothing for another word.
std::optional<double> reliability(std::string_view word);

}  // namespace pedigree::verdict
