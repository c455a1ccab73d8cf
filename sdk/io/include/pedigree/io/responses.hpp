// SPDX-License-Identifier: MIT
// Recorded answers of one model, from any of the files in which people keep them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/byte_source.hpp"
#include "pedigree/io/result.hpp"

namespace pedigree::io {

/// Why an answer may not enter a comparison. Only `usable` ones ever do.
enum class AnswerState { usable, empty, failed, truncated, duplicate };

/// One answer. Turns of a conversation are separate answers with ids "81/0", "81/1".
struct Answer {
  std::string prompt_id;  ///< as recorded; empty when the file has no ids
  std::string prompt;     ///< UTF-8; may be empty when the file keeps prompts elsewhere
  std::string text;       ///< UTF-8, invalid bytes replaced
  AnswerState state = AnswerState::usable;
  bool cut = false;                      ///< ended by a limit of tokens
  std::optional<double> token_limit;     ///< that limit, as recorded (max_tokens), or the tokens of a cut answer
  std::optional<bool> correct;           ///< as graded by the file itself (lm-evaluation-harness: acc, exact_match)
  std::vector<std::int64_t> token_ids;   ///< when recorded
  std::optional<double> train_index;     ///< palimpsest rows: position in the training order
  std::optional<double> loss;            ///< loss of the model under test on that text, nat
  std::optional<double> reference_loss;  ///< loss of a reference model on the same text, nat
};

/// All answers of one file, in file order.
struct AnswerSet {
  std::string name;
  std::string format;  ///< "json-lines" "json" "csv"
  std::vector<Answer> answers;
  std::uint64_t rows_skipped = 0;  ///< rows without an answer field or too large
  std::uint64_t text_bytes = 0;    ///< of prompts, answers, ids and tokens together
  bool cut_short = false;          ///< the file holds more than is kept
  std::size_t usable() const;

  /// The key under which two models' answers are joined: the prompt's text when there is one (white
  /// space normalised), else the id.
  static std::string join_key(const Answer& answer);
};

/// Reads answers: JSON lines and JSON documents (own records, AlpacaEval, MT-Bench, LogicKor,
/// lm-evaluation-harness samples, OpenAI batch output, any nesting), and CSV with prompt and
/// completion columns. The file is read once through a window; a row is at most 8 MiB, an answer 1 MiB. The first
/// half a million answers and 256 MiB of text are kept (`cut_short` when there is more), so that a file of any size
/// takes less than 1 GiB. Answers of the same prompt after the first are marked duplicate. Errors: ANSWERS_EMPTY,
/// ANSWERS_FORMAT (no row holds an answer), JSON_*, READ_*. Thread-safe.
Result<AnswerSet> read_answers(const ByteSource& source);
Result<AnswerSet> read_answers(std::string_view name, std::string_view bytes);

}  // namespace pedigree::io
