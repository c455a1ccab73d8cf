// SPDX-License-Identifier: MIT
// The conversation of host and worker: a job on the worker's descriptor 0, frames on its descriptor 3.
//
// Job: one line of JSON, then the bytes of the artifacts that have no path, one after the other in the job's order.
// Frames: one JSON object a line, member "t" names the type:
//   hello    protocol, sandbox[]                          first, once
//   log      level, message
//   progress fraction, phase
//   evidence signal reference component value log10_lr [log10_p] relation summary_key params details
//   error    message                                      the reason behind the status to come
//   done     outcome, message, refused, peak_kib          last, once; a worker without it has failed
// The host ignores types it does not know and treats every frame as hostile: a plugin can write to descriptor 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "framework/worker/worker.hpp"

namespace pedigree::worker {

inline constexpr int kProtocol = 1;
inline constexpr int kFrameDescriptor = 3;
inline constexpr std::size_t kMaxFrameBytes = std::size_t{2} << 20;    ///< one line
inline constexpr std::size_t kMaxRunBytes = std::size_t{64} << 20;     ///< all frames of a run
inline constexpr std::size_t kMaxDetailsBytes = std::size_t{1} << 20;  ///< details_json, as abi.h promises
inline constexpr std::size_t kMaxJobBytes = std::size_t{1} << 30;
inline constexpr std::size_t kMaxInlineArtifact = std::size_t{16} << 20;

/// A job as the worker receives it.
struct ReceivedJob {
  int parent = 0;  ///< process id of the host
  std::string library, sha256, analyzer;
  nlohmann::json descriptor;  ///< plugin::descriptor_json of the manifest the host knows
  nlohmann::json config;
  std::vector<JobModel> models;
  std::vector<JobArtifact> artifacts;
  std::uint64_t seed = 0;
  unsigned threads = 1;
  std::uint64_t memory_bytes = 0, cpu_seconds = 0;
  std::string scratch_dir;
};

/// Errors: JOB_INVALID (no plugin, no model, an artifact in memory over 16 MiB, text that is not UTF-8).
io::Result<std::string> encode_job(const Job& job, int parent);
/// Errors: JOB_INVALID.
io::Result<ReceivedJob> decode_job(std::string_view bytes);

/// Why one measurement cannot stand, or an empty text: the signal undeclared, a number not finite or out of the
/// signal's range, log10_p positive, the relation unknown, the reference not a model of the job, a text that is not
/// UTF-8 or too long. `record.unit` is filled in from the signal; a value outside by
/// no more than rounding (1e-9 of the range's ends) becomes the end of the range.
std::string refusal(EvidenceRecord& record, const std::vector<plugin::Signal>& signals,
                    const std::vector<JobModel>& models);

nlohmann::json evidence_frame(const EvidenceRecord& record);
/// The record of a frame; analyzer, family and unit stay empty. Throws nlohmann::json::exception for a wrong type.
EvidenceRecord evidence_of(const nlohmann::json& frame);

}  // namespace pedigree::worker
