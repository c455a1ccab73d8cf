// SPDX-License-Identifier: MIT
// The files of a job inside a worker: opened, mapped read-only, handed over as the C request.
#pragma once

#include <string>
#include <vector>

#include "framework/worker/protocol.hpp"
#include "pedigree/abi.h"

namespace pedigree::worker {

/// Descriptors a worker needs for itself beside those of artifacts.
inline constexpr std::uint64_t kOwnDescriptors = 64;

/// Owns nothing it could give back: a worker ends by _exit, and mappings and descriptors go with it. The job must
/// outlive the map. Pages are read when touched, so mapping a model of 100 GB costs nothing.
class ArtifactMap {
 public:
  /// Opens the job's files in order. A file of the subject that cannot be opened is an error; one of a reference is
  /// left out and noted, so that one lost file costs one comparison and not all. When there are more files than
  /// descriptors, the largest keep theirs and the others are mapped only.
  static io::Result<ArtifactMap> open(const ReceivedJob& job, std::uint64_t max_descriptors);

  const std::vector<pedigree_artifact>& artifacts() const { return artifacts_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  io::Status add_file(const JobArtifact& artifact);
  void add(const JobArtifact& artifact, int descriptor, const void* data, std::uint64_t size);
  void shed_descriptors(std::uint64_t max_descriptors);

  std::vector<pedigree_artifact> artifacts_;
  std::vector<std::string> notes_;
};

}  // namespace pedigree::worker
