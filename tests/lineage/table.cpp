// SPDX-License-Identifier: MIT
#include "tests/lineage/table.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "tests/lineage/baselines.hpp"

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
      s.decisive += m.called_derived() && m.log10_p <= -12;
      related.push_back(score_of(m));
    } else if (m.pair.label == "shared_init") {
      ++s.shared;
      s.shared_named += m.relation == "shared_initialization";
    } else {
      ++s.independent;
      s.false_derived += m.called_derived();
      s.smallest_independent_p = std::min(s.smallest_independent_p, m.log10_p);
      independent.push_back(score_of(m));
    }
  }
  s.auc = area_under_curve(related, independent);
  s.at_zero_false = found_at_zero_false(related, independent);
  return s;
}

void print(std::ostream& out, const std::vector<Measured>& measured, bool all) {
  std::size_t widest = 20;
  for (const auto& m : measured) widest = std::max(widest, m.pair.model.size() + 1);
  out << std::left << std::fixed;
  out << std::setw(static_cast<int>(widest)) << "model" << std::setw(12) << "reference" << std::setw(13) << "expected"
      << std::setw(24) << "found" << std::setw(11) << "log10_p" << std::setw(11) << "p_derived" << std::setw(7)
      << "share"
      << "kinds\n";
  for (const auto& m : measured) {
    if (!all && m.pair.label == "no" && m.correct()) continue;
    out << std::setw(static_cast<int>(widest)) << m.pair.model << std::setw(12) << m.pair.base << std::setw(13)
        << m.pair.label << std::setw(24) << (m.correct() ? m.relation : m.relation + " WRONG") << std::setprecision(1)
        << std::setw(11) << m.log10_p << std::setprecision(5) << std::setw(11) << m.p_derived << std::setprecision(2)
        << std::setw(7) << m.share << joined(m.kinds) << (m.error.empty() ? "" : "  " + m.error) << '\n';
  }
  const Summary s = summarise(measured);
  out << "\nrelated pairs found          " << s.found << " of " << s.related << "\n  with a decisive exact p    "
      << s.decisive << " of " << s.related << "\nindependent called derived   " << s.false_derived << " of "
      << s.independent << "\n  smallest exact log10 p     " << std::setprecision(1) << s.smallest_independent_p
      << "\nshared seed named            " << s.shared_named << " of " << s.shared << std::setprecision(4)
      << "\nAUC                          " << s.auc << "\nfound at zero false          " << s.at_zero_false
      << std::setprecision(1) << "\nseconds                      " << s.seconds << "\n";
}

void print_baselines(std::ostream& out, const std::vector<Pair>& pairs) {
  for (const auto& [name, scores] : baselines(pairs)) {
    std::vector<double> related, independent;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (pairs[i].related())
        related.push_back(scores[i]);
      else if (pairs[i].label == "no")
        independent.push_back(scores[i]);
    }
    out << std::left << std::fixed << std::setprecision(3) << "baseline " << std::setw(36) << name << " AUC "
        << area_under_curve(related, independent) << "  found at zero false "
        << found_at_zero_false(related, independent) << '\n';
  }
}

}  // namespace pedigree::lineage
