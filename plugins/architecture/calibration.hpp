// SPDX-License-Identifier: MIT
// What an equality or a difference of configurations is worth. Counts behind every number:
// docs/analyzers/architecture.md, "Calibration"; the family's cap is 0.3 (methods.md 5.3).
#pragma once

#include <string>

#include "pedigree/io/config.hpp"
#include "plugins/architecture/comparison.hpp"

namespace pedigree::architecture {

inline constexpr double kFamilyCap = 0.3;

/// Reasons that lift or lower an equality, for the report.
struct EqualityWorth {
  double log10_lr = 0;
  std::string common_shape;  ///< who else has this shape, when independent makers share it
  bool vocabulary_equal = false;
  bool fine_shape_equal = false;  ///< latent ranks or expert shape are equal too
};

/// Worth of `equal` core keys out of five between two decoders.
EqualityWorth worth_of_core(const io::ComponentConfig& subject, const io::ComponentConfig& reference, int equal);

/// Worth of the further keys; only many equalities speak, and little.
double worth_of_further(int equal, int comparable);

}  // namespace pedigree::architecture
