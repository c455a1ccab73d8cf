// SPDX-License-Identifier: MIT
// The one matrix type of the weight statistics: row-major float, one row per unit, token or axis.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>

namespace pedigree::weight {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixD = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::Matrix<float, Eigen::Dynamic, 1>;
using Index = Eigen::Index;

/// Small deterministic generator (splitmix64): equal numbers on every machine and at every thread count.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// Uniform in 0 .. n-1; n > 0.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(uniform() * static_cast<double>(n)); }
  /// Standard normal (sum of two uniforms' Box-Muller, cosine branch).
  double normal();

 private:
  std::uint64_t state_;
};

/// Sets rows with a value that is not finite to zero; answers how many there were.
std::size_t silence_non_finite_rows(Matrix& rows);

/// Subtracts the mean row (over rows that are not all zero), then scales rows to length one.
/// Zero rows stay zero. Both steps commute with any relabelling of rows, so exact tests stay exact.
void centre_and_normalise_rows(Matrix& rows);

/// Scales rows to length one without centring; zero rows stay zero.
void normalise_rows(Matrix& rows);

}  // namespace pedigree::weight
