// SPDX-License-Identifier: MIT
#include "pedigree/io/rate.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pedigree::io {
namespace {

constexpr double kFirstRate = 0.2;  // seconds before a rate means anything

std::string tenths(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

}  // namespace

std::string time_left(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(std::clamp(seconds, 0.0, 3.6e7)));
  if (whole < 120) return std::to_string(whole) + " s left";
  if (whole < 7200) return std::to_string((whole + 59) / 60) + " min left";
  return std::to_string((whole + 3599) / 3600) + " h left";
}

std::string rate_of_bytes(std::uint64_t done, std::uint64_t all, double seconds) {
  const double read = static_cast<double>(done) / 1e9, whole = static_cast<double>(std::max(done, all)) / 1e9;
  const std::string amount = tenths(read) + " of " + tenths(whole) + " GB";
  if (seconds < kFirstRate || done == 0) return amount;
  const double rate = read / seconds;
  return amount + ", " + tenths(rate) + " GB/s, " + time_left((whole - read) / rate);
}

std::string rate_of_pieces(std::uint64_t done, std::uint64_t all, double seconds) {
  const std::uint64_t whole = std::max(done, all);
  const std::string amount = std::to_string(done) + " of " + std::to_string(whole);
  if (seconds < kFirstRate || done == 0) return amount;
  return amount + ", " + time_left(seconds * static_cast<double>(whole - done) / static_cast<double>(done));
}

}  // namespace pedigree::io
