// SPDX-License-Identifier: MIT
// Evidence and outcomes as JSON lines: the form they are kept in between runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/core/evidence.hpp"

namespace pedigree::run {

/// What one worker run gave.
struct JobResult {
  Outcome outcome;
  std::vector<EvidenceRecord> evidence;
  std::vector<std::string> sandbox;
  bool cached = false;
};

nlohmann::json to_json(const EvidenceRecord& record);
nlohmann::json to_json(const Outcome& outcome);
std::optional<EvidenceRecord> evidence_from_json(const nlohmann::json& line);
std::optional<Outcome> outcome_from_json(const nlohmann::json& line);

/// One result as lines: {"t":"evidence",...}* {"t":"analyzer.end","job":KEY,...}. A result is whole
/// when its last line is there.
std::string to_lines(const std::string& key, const JobResult& result);

/// Every whole result of a file of such lines, the last one of each key; a torn or foreign line
/// spoils only the result it belongs to.
std::vector<std::pair<std::string, JobResult>> from_lines(std::string_view text);

}  // namespace pedigree::run
