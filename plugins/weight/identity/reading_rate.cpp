// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/reading_rate.hpp"

#include <cmath>
#include <cstdio>

namespace pedigree::weight {
namespace {

constexpr double kFirstRate = 0.2;  // seconds before a rate means anything

std::string time_left(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(std::fmin(seconds, 360000.0)));
  if (whole < 120) return std::to_string(whole) + " s left";
  if (whole < 7200) return std::to_string((whole + 59) / 60) + " min left";
  return std::to_string((whole + 3599) / 3600) + " h left";
}

std::string tenths(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

}  // namespace

std::string ReadingRate::phase(std::uint64_t done, std::uint64_t all, double seconds) {
  if (all == 0) return "reading tensors";
  const double read = static_cast<double>(done) / 1e9, whole = static_cast<double>(all) / 1e9;
  const std::string text = "reading tensors: " + tenths(read) + " of " + tenths(whole) + " GB";
  if (seconds < kFirstRate || done == 0) return text;
  const double rate = read / seconds;
  return text + ", " + tenths(rate) + " GB/s, " + time_left((whole - read) / rate);
}

std::string ReadingRate::phase(std::uint64_t done, std::uint64_t all) const {
  return phase(done, all, std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count());
}

}  // namespace pedigree::weight
