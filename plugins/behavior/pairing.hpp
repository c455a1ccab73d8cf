// SPDX-License-Identifier: MIT
// Answers of several models to the same prompts, side by side.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/responses.hpp"

namespace pedigree::behavior {

/// Why rows were left out, for the report.
struct DropCounts {
  std::size_t empty = 0, failed = 0, truncated = 0, duplicate = 0, refused = 0, unmatched = 0;
};

/// All answers of one model, usable ones by join key.
struct ModelAnswers {
  ModelAnswers() = default;
  ModelAnswers(ModelAnswers&&) = default;  // a copy would leave by_key pointing into the original
  ModelAnswers& operator=(ModelAnswers&&) = default;

  std::string model, role;
  std::map<std::string, const io::Answer*> by_key;  ///< usable answers only
  std::set<std::string> refused;                    ///< keys whose answer refuses: never compared, but for wording
  std::vector<io::AnswerSet> sets;                  ///< owns what by_key points to
  DropCounts dropped;
  std::string problem;  ///< why there is nothing, when there is nothing
};

/// Reads the answers of every model of the request, the subject first. A file that cannot be read
/// is named in `problem` and costs only itself.
std::vector<ModelAnswers> read_all_answers(const Request& request);

/// Prompts that both models answered usably and neither refused, in key order.
std::vector<std::string> common_prompts(const ModelAnswers& a, const ModelAnswers& b);

}  // namespace pedigree::behavior
