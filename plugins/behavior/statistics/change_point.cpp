// SPDX-License-Identifier: MIT
#include "plugins/behavior/statistics/change_point.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <map>
#include <set>

namespace pedigree::behavior {
namespace {

constexpr std::size_t kMinimumAnswers = 20, kMinimumMonths = 4;

double bernoulli(double hits, double trials) {
  if (trials <= 0) return 0;
  // Half an answer of each kind added: a perfect month must not cost an infinite likelihood elsewhere.
  const double p = (hits + 0.5) / (trials + 1);
  return hits * std::log(p) + (trials - hits) * std::log1p(-p);
}

/// Log likelihood of a step after each candidate month.
std::map<int, CutoffEstimate> profile(const std::vector<DatedAnswer>& answers) {
  std::set<int> months;
  for (const auto& a : answers) months.insert(a.month);
  std::map<int, CutoffEstimate> result;
  for (const int month : months) {
    double hits1 = 0, n1 = 0, hits2 = 0, n2 = 0;
    for (const auto& a : answers) {
      (a.month <= month ? n1 : n2) += 1;
      (a.month <= month ? hits1 : hits2) += a.correct ? 1 : 0;
    }
    CutoffEstimate e;
    e.month = month;
    e.before = n1 > 0 ? hits1 / n1 : 0;
    e.after = n2 > 0 ? hits2 / n2 : 0;
    e.log_likelihood = e.before >= e.after || n2 == 0 ? bernoulli(hits1, n1) + bernoulli(hits2, n2)
                                                      : bernoulli(hits1 + hits2, n1 + n2);
    result.emplace(month, e);
  }
  return result;
}

const CutoffEstimate& best_of(const std::map<int, CutoffEstimate>& all) {
  return std::max_element(
             all.begin(), all.end(),
             [](const auto& a, const auto& b) { return a.second.log_likelihood < b.second.log_likelihood; })
      ->second;
}

}  // namespace

std::optional<CutoffEstimate> estimate_cutoff(const std::vector<DatedAnswer>& answers) {
  if (answers.size() < kMinimumAnswers) return std::nullopt;
  const auto all = profile(answers);
  if (all.size() < kMinimumMonths) return std::nullopt;
  CutoffEstimate best = best_of(all);
  best.low = best.high = best.month;
  for (const auto& [month, e] : all) {
    if (2 * (best.log_likelihood - e.log_likelihood) > 3.84) continue;
    best.low = std::min(best.low, month);
    best.high = std::max(best.high, month);
  }
  const double hits =
      static_cast<double>(std::count_if(answers.begin(), answers.end(), [](const auto& a) { return a.correct; }));
  best.gain = best.log_likelihood - bernoulli(hits, static_cast<double>(answers.size()));
  return best;
}

double log10_same_cutoff(const std::vector<DatedAnswer>& a, const std::vector<DatedAnswer>& b) {
  const auto pa = profile(a), pb = profile(b);
  if (pa.empty() || pb.empty()) return 0;
  // Each keeps its own accuracies; only the month is shared. Months one model was not asked about take its last asked
  // one.
  std::set<int> months;
  for (const auto& [m, e] : pa) months.insert(m);
  for (const auto& [m, e] : pb) months.insert(m);
  const auto at = [](const std::map<int, CutoffEstimate>& p, int month) {
    auto it = p.upper_bound(month);
    return it == p.begin() ? it->second.log_likelihood : std::prev(it)->second.log_likelihood;
  };
  double joint = -1e300;
  for (const int m : months) joint = std::max(joint, at(pa, m) + at(pb, m));
  const double ratio = std::max(0.0, 2 * (best_of(pa).log_likelihood + best_of(pb).log_likelihood - joint));
  const boost::math::chi_squared_distribution<double> chi(1);
  return std::log10(boost::math::cdf(boost::math::complement(chi, ratio)));
}

}  // namespace pedigree::behavior
