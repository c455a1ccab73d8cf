// SPDX-License-Identifier: MIT
#include "framework/verdict/criteria.hpp"

#include <algorithm>
#include <cmath>

namespace pedigree::verdict {
namespace {

constexpr double kSilent = 0.02;    ///< |log10 LR| below which a finding says nothing
constexpr double kOutspoken = 1.0;  ///< a factor of ten

bool links_to_random_start(const EvidenceRecord& record, const Profile& profile) {
  const auto& names = profile.link_signals;
  return std::find(names.begin(), names.end(), record.signal) != names.end();
}

}  // namespace

const CriterionBand* criterion(const EvidenceRecord& record, const Profile& profile) {
  const auto found = profile.criteria.find(record.signal);
  if (found == profile.criteria.end() || !std::isfinite(record.value)) return nullptr;
  for (const auto& band : found->second)
    if (record.value > band.bound || (band.inclusive && record.value == band.bound)) return &band;
  return nullptr;
}

std::string support_word(const EvidenceRecord& record, const Profile& profile) {
  const double lr = record.log10_lr;
  if (!std::isfinite(lr) || !std::isfinite(record.value)) return "neutral";
  if (lr >= kOutspoken) return "contrary";
  if (lr > kSilent) return "questionable";
  if (lr >= -kSilent) return "neutral";
  if (record.family == Family::training_log)  // a curve can be drawn; a chain of checkpoints cannot
    return links_to_random_start(record, profile) && lr <= -kOutspoken ? "strong" : "conditional";
  return record.family == Family::weight && lr <= -kOutspoken ? "strong" : "indirect";
}

}  // namespace pedigree::verdict
