// SPDX-License-Identifier: MIT
// Which wordings a model prefers: log-odds with an informative Dirichlet prior.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace pedigree::behavior {

using Counts = std::map<std::string, double>;

/// z of the log-odds ratio per category: (delta_a - delta_b) / sqrt(1/(a+prior) + 1/(b+prior)), with
/// the pooled background as prior of total mass `strength` (Monroe, Colaresi, Quinn 2008, eq. 16, 22).
std::map<std::string, double> log_odds_z(const Counts& a, const Counts& b, const Counts& background, double strength);

/// Similarity of two category profiles: cosine of the square roots of their shares (Bhattacharyya), [0, 1].
double profile_affinity(const Counts& a, const Counts& b);

}  // namespace pedigree::behavior
