// SPDX-License-Identifier: MIT
// What a progress bar says of a long read: bytes, rate and time left.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pedigree::weight {

/// Begins to count when made. Thread-safe.
class ReadingRate {
 public:
  /// "reading tensors: 1.2 of 4.6 GB, 2.1 GB/s, 2 s left"; without numbers when `all` is 0.
  std::string phase(std::uint64_t done, std::uint64_t all) const;
  /// The same for a given time since the beginning.
  static std::string phase(std::uint64_t done, std::uint64_t all, double seconds);

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace pedigree::weight
