// SPDX-License-Identifier: MIT
// When does a model's knowledge end? A step in accuracy by month, found by likelihood.
#pragma once

#include <optional>
#include <vector>

namespace pedigree::behavior {

/// Answers to dated questions: `month` counts from 2000-01 = 0.
struct DatedAnswer {
  int month = 0;
  bool correct = false;
};

/// The last month known. Accuracy is p1 up to it and p2 after it, p1 > p2.
struct CutoffEstimate {
  int month = 0, low = 0, high = 0;  ///< profile-likelihood interval: twice the log likelihood within 3.84 of its best
  double before = 0, after = 0;      ///< accuracies
  double log_likelihood = 0;
  double gain = 0;  ///< over no change at all, in log likelihood; below 5 means no clear end
};

/// Nothing with fewer than 20 answers or 4 months. O(months x answers).
std::optional<CutoffEstimate> estimate_cutoff(const std::vector<DatedAnswer>& answers);

/// log10 p of "both have the same cutoff": likelihood ratio with one degree of freedom against a
/// common change point (Wilks; approximate because the change point is discrete).
double log10_same_cutoff(const std::vector<DatedAnswer>& a, const std::vector<DatedAnswer>& b);

}  // namespace pedigree::behavior
