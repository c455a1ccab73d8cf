// SPDX-License-Identifier: MIT
// The host as a plugin sees it, inside a worker: every call becomes a frame on descriptor 3.
#pragma once

#include <chrono>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "framework/worker/protocol.hpp"
#include "pedigree/abi.h"

namespace pedigree::worker {

/// Thread-safe: a plugin may call from any of its threads. Lives until the process ends.
class Reporter {
 public:
  /// `descriptor` is the frame pipe. `signals` and `models` decide what evidence stands.
  Reporter(int descriptor, const std::vector<plugin::Signal>& signals, const std::vector<JobModel>& models);
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  /// The struct handed to create(); valid as long as the reporter.
  const pedigree_host* host() const { return &host_; }

  void hello(const std::vector<std::string>& sandbox);
  void log(int level, std::string message);
  void set_error(std::string message);
  /// The last frame. `message` falls back to the last set_error; refused measurements are counted behind it.
  void done(OutcomeKind outcome, const std::string& message, std::uint64_t peak_kib);

  /// After this every answer of cancelled() is 1. Async-signal-safe.
  static void cancel() noexcept;
  static bool cancelled() noexcept;

 private:
  pedigree_status emit(const pedigree_evidence& raw);
  void progress(double fraction, std::string phase);
  bool has_room_for_details();
  bool send(const nlohmann::json& frame);
  static Reporter& of(pedigree_host_ctx* context);

  const int descriptor_;
  const std::vector<plugin::Signal>& signals_;
  const std::vector<JobModel>& models_;
  pedigree_host host_{};
  std::mutex mutex_;             // guards everything below and the order of frames
  std::string error_, refusal_;  // the last reason, the first refused measurement's reason
  std::size_t sent_bytes_ = 0;
  unsigned refused_ = 0, logged_ = 0;
  double fraction_ = -1;
  std::chrono::steady_clock::time_point progressed_{};
};

}  // namespace pedigree::worker
