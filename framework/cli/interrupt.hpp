// SPDX-License-Identifier: MIT
// SIGINT, SIGTERM and SIGHUP: the first asks the run to stop, the second ends the program.
#pragma once

#include <stop_token>
#include <thread>

namespace pedigree::cli {

/// Watches while it lives; one at a time. The handler only writes to a pipe; a thread reads it and
/// requests the stop. Workers die with this process (they ask the kernel for that).
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  /// The signal that asked to stop, 0 when none did.
  static int received();

 private:
  std::stop_source stop_;
  int read_end_ = -1, write_end_ = -1;
  std::jthread reader_;
};

}  // namespace pedigree::cli
