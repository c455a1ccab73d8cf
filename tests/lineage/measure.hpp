// SPDX-License-Identifier: MIT
// One pair through the real analyzer, across the real C boundary.
#pragma once

#include <string>
#include <vector>

#include "tests/lineage/pairs.hpp"

namespace pedigree::lineage {

struct Measured {
  Pair pair;
  std::string relation = "none";  ///< strongest relation over components
  double log10_lr = 0;            ///< of weight.lineage, strongest component
  double log10_p = 0;
  double p_derived = 0;  ///< by the default profile from weight evidence alone, all bases of the run as references
  double share = 0;
  std::vector<std::string> kinds;  ///< of change, as the analyzer names them
  double seconds = 0;
  std::string error;  ///< when the analyzer did not answer

  bool called_derived() const { return relation == "derived" || relation == "partial" || relation == "identical"; }
  bool correct() const;
};

/// All bases of one model (pairs of one model only) in one run, in the order of `pairs`. At most `units` hidden units
/// of a block are read, as happens to wide models; 0: what memory allows.
std::vector<Measured> measure(const std::vector<Pair>& pairs, unsigned threads, unsigned units = 0);

}  // namespace pedigree::lineage
