// SPDX-License-Identifier: MIT
// What a progress bar says of long work: how much is done, how fast, how long it will still take.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pedigree::io {

/// "3 s left", "17 min left", "5 h left"; rounded up.
std::string time_left(double seconds);
/// "1.2 of 4.6 GB, 2.1 GB/s, 2 s left" after so many seconds; the amount alone while it is too early for a rate.
/// What is done counts as the whole when it turned out to be more.
std::string rate_of_bytes(std::uint64_t done, std::uint64_t all, double seconds);
/// "12 of 32, 40 s left", for pieces that take about equally long.
std::string rate_of_pieces(std::uint64_t done, std::uint64_t all, double seconds);

/// The same, counted from when it was made. Thread-safe.
class Rate {
 public:
  std::string of_bytes(std::uint64_t done, std::uint64_t all) const { return rate_of_bytes(done, all, seconds()); }
  std::string of_pieces(std::uint64_t done, std::uint64_t all) const { return rate_of_pieces(done, all, seconds()); }

 private:
  using Clock = std::chrono::steady_clock;
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  Clock::time_point start_ = Clock::now();
};

}  // namespace pedigree::io
