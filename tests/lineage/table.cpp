// SPDX-License-Identifier: MIT
#include "tests/lineage/table.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace pedigree::lineage {
namespace {

/// Order of pairs by how strongly descent is asserted.
double score_of(const Measured& m) { return m.called_derived() ? m.log10_lr + m.share : std::min(0.0, m.log10_lr); }

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

}  // namespace

double area_under_curve(const std::vector<double>& related, const std::vector<double>& independent) {
  if (related.empty() || independent.empty()) return 0;
  double wins = 0;
  for (const double r : related)
    for (const double i : independent) wins += r > i ? 1.0 : r == i ? 0.5 : 0.0;
  return wins / (static_cast<double>(related.size()) * static_cast<double>(independent.size()));
}

double found_at_zero_false(const std::vector<double>& related, const std::vector<double>& independent) {
  if (related.empty() || independent.empty()) return 0;
  const double worst = *std::max_element(independent.begin(), independent.end());
  const auto above = std::count_if(related.begin(), related.end(), [&](double r) { return r > worst; });
  return static_cast<double>(above) / static_cast<double>(related.size());
}

Summary summarise(const std::vector<Measured>& measured) {
  Summary s;
  std::vector<double> related, independent;
  for (const auto& m : measured) {
    s.seconds += m.seconds;
    if (m.pair.related()) {
      ++s.related;
      s.found += m.called_derived();
      related.push_back(score_of(m));
    } else if (m.pair.label == "shared_init") {
      ++s.shared;
      s.shared_named += m.relation == "shared_initialization";
    } else {
      ++s.independent;
      s.false_derived += m.called_derived();
      independent.push_back(score_of(m));
    }
  }
  s.auc = area_under_curve(related, independent);
  s.at_zero_false = found_at_zero_false(related, independent);
  return s;
}

void print(std::ostream& out, const std::vector<Measured>& measured) {
  out << std::left << std::fixed << std::setprecision(2);
  for (const auto& m : measured) {
    if (m.pair.label == "no" && m.correct()) continue;
    out << std::setw(20) << m.pair.model << std::setw(5) << m.pair.base << std::setw(12) << m.pair.label
        << std::setw(32) << m.pair.kind << (m.correct() ? "ok    " : "WRONG ") << std::setw(22) << m.relation
        << " log10_p " << std::setw(9) << m.log10_p << " share " << m.share << "  " << joined(m.kinds)
        << (m.error.empty() ? "" : "  " + m.error) << '\n';
  }
  const Summary s = summarise(measured);
  out << "\nrelated pairs found          " << s.found << " of " << s.related << "\nindependent called derived   "
      << s.false_derived << " of " << s.independent << "\nshared seed named            " << s.shared_named << " of "
      << s.shared << std::setprecision(4) << "\nAUC                          " << s.auc
      << "\nfound at zero false          " << s.at_zero_false << std::setprecision(1)
      << "\nseconds                      " << s.seconds << "\n";
}

void print_baseline(std::ostream& out, const std::string& name, const std::vector<Pair>& pairs,
                    const std::vector<double>& scores) {
  std::vector<double> related, independent;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i].related())
      related.push_back(scores[i]);
    else if (pairs[i].label == "no")
      independent.push_back(scores[i]);
  }
  out << std::left << std::fixed << std::setprecision(3) << "baseline " << std::setw(36) << name << " AUC "
      << area_under_curve(related, independent) << "  found at zero false " << found_at_zero_false(related, independent)
      << '\n';
}

}  // namespace pedigree::lineage
