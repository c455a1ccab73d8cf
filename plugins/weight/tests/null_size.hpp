// SPDX-License-Identifier: MIT
// What tests of null distributions share: hostile rows, and a count of how often p falls to each level.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// Sizes are measured in release builds; a sanitized one looks for bad memory and need not repeat them.
#ifdef __SANITIZE_ADDRESS__
inline constexpr int kNullPairs = 500;
#else
inline constexpr int kNullPairs = 10000;
#endif

/// Rows are independent and identically distributed, hence exchangeable; nothing else is kind: a shared
/// mean direction, unequal axes, cubed Gaussian tails.
inline Matrix hostile_rows(Random& random, Index rows, Index columns) {
  Matrix out(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) {
      const double z = random.normal();
      const double heavy = z * z * z;
      const double spread = 1.0 / (1.0 + static_cast<double>(j));
      out(i, j) = static_cast<float>(heavy * spread + (j == 0 ? 2.0 : 0.5));
    }
  return out;
}

/// Counts how often p falls to each level; three standard errors of a binomial are allowed on top.
class NullSize {
 public:
  void add(double log10_p) {
    ++pairs_;
    for (std::size_t i = 0; i < kLevels.size(); ++i) hits_[i] += log10_p <= std::log10(kLevels[i]) + 1e-12;
  }
  void expect_nominal() const {
    ASSERT_GE(pairs_, kNullPairs);
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
      const double n = pairs_, rate = hits_[i] / n, error = std::sqrt(kLevels[i] * (1 - kLevels[i]) / n);
      EXPECT_LE(rate, kLevels[i] + 3 * error) << "level " << kLevels[i];
    }
  }

 private:
  static constexpr std::array kLevels{0.05, 0.01, 0.001};
  int pairs_ = 0;
  std::array<int, 3> hits_{};
};

}  // namespace pedigree::weight
