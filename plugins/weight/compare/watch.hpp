// SPDX-License-Identifier: MIT
// Progress and interruption for long comparisons.
#pragma once

#include <functional>
#include <string_view>

namespace pedigree::weight {

/// Thrown when the host asks to stop; what was emitted before stays.
struct Cancelled {};

/// What a comparison needs of its host. Both functions may be called from any thread.
struct Watch {
  std::function<bool()> cancelled;
  std::function<void(double, std::string_view)> progress;
  unsigned threads = 1;
  std::uint64_t seed = 1;

  void poll() const {
    if (cancelled && cancelled()) throw Cancelled{};
  }
  void report(double fraction, std::string_view phase) const {
    if (progress) progress(fraction, phase);
  }
};

}  // namespace pedigree::weight
