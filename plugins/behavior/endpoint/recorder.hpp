// SPDX-License-Identifier: MIT
// Asks a live endpoint every probe and writes each answer down as it comes, so that a run that
// breaks goes on where it stopped and a finished one can be repeated offline.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "plugins/behavior/endpoint/chat_protocol.hpp"
#include "plugins/behavior/probes/probes.hpp"

namespace pedigree::behavior {

struct RecorderSettings {
  std::string base_url;  ///< ".../v1"
  std::string api_key;
  Generation generation;
  int samples = 1;  ///< answers per probe
  int concurrency = 4, attempts = 4;
  double requests_per_minute = 0;  ///< 0: as fast as the server answers
  double connect_seconds = 10, total_seconds = 120, backoff_seconds = 1, longest_wait_seconds = 60;
  std::uint64_t seed = 0;  ///< for the jitter of the back-off
  std::string file;        ///< JSON lines; what is there already is not asked again
};

struct RecorderResult {
  std::size_t asked = 0, kept = 0, failed = 0;  ///< kept: read from the file of an earlier run
  std::string first_problem;                    ///< never holds the key
  bool stopped_early = false;                   ///< cancelled, or the server refused the key
};

/// Blocks until every probe has an answer or a recorded failure. Answers that failed are written with
/// their problem, so that they are counted and never compared; a later run asks them again.
RecorderResult record(const std::vector<Probe>& probes, const RecorderSettings& settings,
                      const std::function<bool()>& cancelled, const std::function<void(double)>& progress);

}  // namespace pedigree::behavior
