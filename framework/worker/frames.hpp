// SPDX-License-Identifier: MIT
// The host's side of the frame pipe: lines, bounded, each understood or the end of the conversation.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/worker/protocol.hpp"

namespace pedigree::worker {

/// The last frame of a run.
struct DoneFrame {
  OutcomeKind kind = OutcomeKind::internal;
  std::string message;
  std::uint64_t peak_kib = 0;
};

/// Turns bytes from a worker into a result. Everything is checked again here: a plugin can write to the pipe itself.
/// Not thread-safe.
class Conversation {
 public:
  Conversation(const Job& job, const Listener& listener) : job_(job), listener_(listener) {}

  /// Takes the next bytes. False once the conversation is broken: a line over 2 MiB, more than 64 MiB, no JSON object,
  /// no hello at first, another protocol, evidence that cannot stand, anything after done. Further bytes are ignored.
  bool feed(std::string_view bytes);

  bool broken() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }
  const std::optional<DoneFrame>& done() const { return done_; }
  const std::string& last_error() const { return last_error_; }
  std::vector<EvidenceRecord>& evidence() { return evidence_; }
  const std::vector<std::string>& sandbox() const { return sandbox_; }

 private:
  void take_line(std::string_view line);
  void take_frame(const nlohmann::json& frame);
  void take_evidence(const nlohmann::json& frame);
  void take_done(const nlohmann::json& frame);
  void fail(std::string problem);

  const Job& job_;
  const Listener& listener_;
  std::string pending_;
  std::size_t total_ = 0;
  bool greeted_ = false;
  std::string problem_, last_error_;
  std::optional<DoneFrame> done_;
  std::vector<EvidenceRecord> evidence_;
  std::vector<std::string> sandbox_;
};

}  // namespace pedigree::worker
