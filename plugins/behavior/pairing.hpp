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

/// Why rows were left out, for the report. Truncated ones are counted here and left out pair by pair.
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

/// The answers of one artifact, from its descriptor or its bytes.
io::Result<io::AnswerSet> read_answers(const Artifact& artifact);

/// Reads the answers of every model of the request, the subject first. A file that cannot be read
/// is named in `problem` and costs only itself; one that holds more than is kept is named in a warning.
std::vector<ModelAnswers> read_all_answers(const Host& host, const Request& request);

/// Whether two answers may be held against each other. An answer that a limit of tokens cut off goes with one that the
/// same limit cut off (both are the same stretch of a longer answer, as next-token probes are on purpose), and with no
/// other: against a whole answer its end would be a difference that the models do not have.
bool comparable(const io::Answer& a, const io::Answer& b);

/// Prompts that both models answered usably and comparably and neither refused, in key order.
std::vector<std::string> common_prompts(const ModelAnswers& a, const ModelAnswers& b);
/// Prompts left out of it because one of the two answers was cut off.
std::size_t truncated_pairs(const ModelAnswers& a, const ModelAnswers& b);

}  // namespace pedigree::behavior
