// SPDX-License-Identifier: MIT
// What the program's exit code says (contract: docs/reference/cli.md).
#pragma once

namespace pedigree::cli {

enum ExitCode : int {
  kDone = 0,  ///< a verdict was produced, whatever it says
  kExpectationFailed = 1,
  kUsage = 2,        ///< usage error or invalid pipeline
  kNotEnough = 3,    ///< not enough evidence for any verdict
  kEnvironment = 4,  ///< missing plugin, unreadable artifact, full disk
  kBug = 70,
  kInterrupted = 130,  ///< SIGINT; 143 after SIGTERM. Partial results are kept
  kTerminated = 143,
};

/// The graver of two codes, for several pipelines in one call.
inline ExitCode worse(ExitCode a, ExitCode b) {
  const auto rank = [](ExitCode code) {
    switch (code) {
      case kDone:
        return 0;
      case kExpectationFailed:
        return 1;
      case kNotEnough:
        return 2;
      case kUsage:
        return 3;
      case kEnvironment:
        return 4;
      case kBug:
        return 5;
      case kTerminated:
        return 6;
      case kInterrupted:
        return 7;
    }
    return 5;
  };
  return rank(a) >= rank(b) ? a : b;
}

}  // namespace pedigree::cli
