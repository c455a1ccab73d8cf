// SPDX-License-Identifier: MIT
#include "plugins/behavior/statistics/log_odds.hpp"

#include <cmath>
#include <set>

namespace pedigree::behavior {
namespace {

double total(const Counts& counts) {
  double sum = 0;
  for (const auto& [name, value] : counts) sum += value;
  return sum;
}

double value_of(const Counts& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0.0 : found->second;
}

}  // namespace

std::map<std::string, double> log_odds_z(const Counts& a, const Counts& b, const Counts& background, double strength) {
  std::map<std::string, double> result;
  const double all = total(background), in_a = total(a), in_b = total(b);
  if (all <= 0 || strength <= 0) return result;
  for (const auto& [name, seen] : background) {
    const double prior = strength * seen / all;
    const double ya = value_of(a, name) + prior, yb = value_of(b, name) + prior;
    const double rest_a = in_a + strength - ya, rest_b = in_b + strength - yb;
    if (ya <= 0 || yb <= 0 || rest_a <= 0 || rest_b <= 0) continue;
    result[name] = (std::log(ya / rest_a) - std::log(yb / rest_b)) / std::sqrt(1 / ya + 1 / yb);
  }
  return result;
}

double profile_affinity(const Counts& a, const Counts& b) {
  const double in_a = total(a), in_b = total(b);
  if (in_a <= 0 || in_b <= 0) return 0;
  double sum = 0;
  for (const auto& [name, value] : a) sum += std::sqrt(value / in_a * value_of(b, name) / in_b);
  return sum;
}

}  // namespace pedigree::behavior
