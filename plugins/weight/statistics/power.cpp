// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/power.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {

constexpr double kDetected = -12;
constexpr double kCopyCorrelation = 0.6;
constexpr std::array kCorrelations{0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 0.8};
constexpr std::array kShares{0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5};

/// `share` of the subject's units written over the reference's, in order, as rho a + sqrt(1 - rho^2) b.
Matrix planted(const Matrix& a, const Matrix& b, double rho, double share) {
  Matrix out = b;
  const auto own = static_cast<float>(rho), noise = static_cast<float>(std::sqrt(1 - rho * rho));
  const Index count = std::min(a.rows(), b.rows());
  double due = 0;
  for (Index i = 0; i < count; ++i) {
    due += share;
    if (due < 1.0) continue;
    due -= 1.0;
    const Index from = i * a.rows() / count, to = i * b.rows() / count;
    out.row(to) = own * a.row(from) + noise * b.row(to);
  }
  normalise_rows(out);
  return out;
}

bool detected(const UnitParts& a, const UnitParts& b, double rho, double share, std::size_t layers, double tests) {
  UnitParts spiked;
  if (a.gated() && b.gated()) spiked.gate = planted(a.gate, b.gate, rho, share);
  spiked.up = planted(a.up, b.up, rho, share);
  spiked.down = planted(a.down, b.down, rho, share);
  const UnitMatch match = match_units(a, spiked);
  if (match.subject_units != match.reference_units) return corrected_log10_p(exact_p(match).run, tests) <= kDetected;
  const auto units = static_cast<double>(std::max<std::size_t>(1, match.subject_units));
  const auto count = static_cast<double>(layers);
  const double joint =
      joint_fixed_point_log10_p(count * static_cast<double>(match.matched()) / units, layers * match.fixed());
  const double single = corrected_log10_p(exact_p(match).fixed, tests);
  return corrected_log10_p(std::min(joint, single), 2) <= kDetected;
}

}  // namespace

Power spike_in(const UnitParts& subject, const UnitParts& reference, std::size_t layers, double tests) {
  Power power;
  if (subject.units() == 0 || reference.units() == 0 || subject.up.cols() != reference.up.cols()) return power;
  power.measured = true;
  for (const double rho : kCorrelations)
    if (detected(subject, reference, rho, 1.0, layers, tests)) {
      power.row_correlation = rho;
      break;
    }
  for (const double share : kShares)
    if (detected(subject, reference, kCopyCorrelation, share, layers, tests)) {
      power.inherited_share = share;
      break;
    }
  return power;
}

}  // namespace pedigree::weight
