// SPDX-License-Identifier: MIT
// The two OpenAI-compatible calls: what is sent, and what may be believed of the answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pedigree::behavior {

enum class CallKind { chat, completion };

struct Generation {
  std::string model;
  CallKind kind = CallKind::chat;
  int max_tokens = 256;
  double temperature = 0;
  int top_logprobs = 0;  ///< 0: none asked
};

/// `sample` is the seed sent along: the same one asks for the same answer.
std::string request_body(const Generation& generation, std::string_view prompt, int sample = 1);

/// What one answer body says.
struct ParsedAnswer {
  std::optional<std::string> text;  ///< nothing when the body does not have the schema
  std::string finish_reason;
  std::string logprobs_json;  ///< the logprobs value as it came, empty when missing
  std::string problem;
};

/// Never throws; a body that is no JSON, an HTML page, or of another shape is a problem in words.
ParsedAnswer parse_answer(std::string_view body);

}  // namespace pedigree::behavior
