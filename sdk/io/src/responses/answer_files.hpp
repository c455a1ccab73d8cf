// SPDX-License-Identifier: MIT
// One reader per kind of file of answers. Each holds a window of the file and the answers kept so far.
#pragma once

#include <cstddef>
#include <optional>

#include "../feed.hpp"
#include "pedigree/io/responses.hpp"

namespace pedigree::io::responses {

/// How a file is walked. Tests and fuzzing make both small, so that small files meet every edge.
struct Walk {
  std::size_t piece = Feed::kChunk;
  /// A row, a record or a value that is parsed in one piece. What is larger is no row: it is looked into, or skipped.
  std::size_t row = std::size_t{8} << 20;
};

/// One JSON value per line. A line that is none costs only itself.
void read_json_lines(Feed& feed, const Walk& walk, AnswerSet& set);

/// JSON values one after the other, as a rule one list. Values over walk.row are containers: what they hold is read
/// value by value. Errors: JSON_*, with the place of a value that cannot be parsed.
std::optional<Error> read_json_document(Feed& feed, const Walk& walk, AnswerSet& set);

/// Records with RFC 4180 quoting. False when the first one names no columns for prompt and completion.
bool read_csv(Feed& feed, const Walk& walk, AnswerSet& set);

/// io::read_answers, walked otherwise.
Result<AnswerSet> read_answers(const ByteSource& source, const Walk& walk);

/// Whether `set` may take more: within its number of answers and its bytes of text.
bool has_room(const AnswerSet& set);
/// Takes an answer, and counts its text.
void keep(Answer answer, AnswerSet& set);

}  // namespace pedigree::io::responses
