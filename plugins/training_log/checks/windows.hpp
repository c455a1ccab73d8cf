// SPDX-License-Identifier: MIT
// Straight lines over any window of a noisy series, each in constant time.
#pragma once

#include <cstddef>
#include <vector>

namespace pedigree::training_log {

class Windows {
 public:
  /// Points further than four deviations from the running median of 25 come to that distance.
  explicit Windows(const std::vector<double>& values);

  struct Joint {
    double before = 0, after = 0, noise = 0, z = 0;
  };
  /// Lines over w points before `at` and w points from it on, read half-way between their ends.
  Joint joint(std::size_t at, std::size_t w) const;
  double mean(std::size_t first, std::size_t count) const {
    return (sum_[first + count] - sum_[first]) / static_cast<double>(count);
  }
  /// Deviation of one point: root mean square of second differences over sqrt 6, which no slope moves.
  double noise(std::size_t first, std::size_t end) const;
  std::size_t size() const { return values_.size(); }
  const std::vector<double>& values() const { return values_; }

 private:
  double line(std::size_t first, std::size_t w, double at) const;

  std::vector<double> values_, sum_, moment_, roughness_;
};

}  // namespace pedigree::training_log
