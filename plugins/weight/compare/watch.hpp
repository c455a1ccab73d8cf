// SPDX-License-Identifier: MIT
// Progress and interruption for long comparisons.
#pragma once

#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <string_view>

#include "pedigree/analyzer.hpp"

namespace pedigree::weight {

/// Thrown when the host asks to stop; what was emitted before stays.
struct Cancelled {};

/// What a comparison needs of its host. Both functions may be called from any thread.
struct Watch {
  std::function<bool()> cancelled;
  std::function<void(double, std::string_view)> progress;
  unsigned threads = 1;
  std::uint64_t seed = 1;
  std::shared_ptr<std::atomic<int>> stages = std::make_shared<std::atomic<int>>(0);

  bool stopped() const { return cancelled && cancelled(); }
  void poll() const {
    if (stopped()) throw Cancelled{};
  }
  /// The same for a stage that covers [from, to] of this one.
  Watch part(double from, double to) const {
    Watch out = *this;
    out.stages = std::make_shared<std::atomic<int>>(0);
    if (progress)
      out.progress = [whole = progress, from, to](double fraction, std::string_view phase) {
        whole(from + (to - from) * fraction, phase);
      };
    return out;
  }
  /// One more of stages whose number nobody knows: each covers half of what is left.
  Watch next_stage() const {
    const double begun = (*stages)++;
    return part(1 - std::exp2(-begun), 1 - std::exp2(-begun - 1));
  }
  void report(double fraction, std::string_view phase) const {
    if (progress) progress(fraction, phase);
  }
};

/// What one run of an analyzer is watched by. Threads finish out of order: progress never goes back.
Watch watch_of(const Host& host, const Request& request);

}  // namespace pedigree::weight
