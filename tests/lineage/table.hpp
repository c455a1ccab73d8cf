// SPDX-License-Identifier: MIT
// The benchmark's numbers.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "tests/lineage/measure.hpp"

namespace pedigree::lineage {

/// Area under the curve: share of (related, independent) pairs in the right order, ties half.
double area_under_curve(const std::vector<double>& related, const std::vector<double>& independent);
/// Share of related scores above the largest independent one.
double found_at_zero_false(const std::vector<double>& related, const std::vector<double>& independent);

struct Summary {
  std::size_t related = 0, found = 0, independent = 0, false_derived = 0, shared = 0, shared_named = 0;
  std::size_t decisive = 0;           ///< of the found, by an exact test
  double smallest_independent_p = 0;  ///< log10, corrected for every search
  double auc = 0, at_zero_false = 0, seconds = 0;
};
Summary summarise(const std::vector<Measured>& measured);

/// One line per related or shared-seed pair and per mistake (every pair when `all`), then the summary.
void print(std::ostream& out, const std::vector<Measured>& measured, bool all = false);
/// The usual recipes over the same pairs.
void print_baselines(std::ostream& out, const std::vector<Pair>& pairs);

}  // namespace pedigree::lineage
