// SPDX-License-Identifier: MIT
#include "plugins/behavior/endpoint/chat_protocol.hpp"

#include <nlohmann/json.hpp>

#include "pedigree/io/json.hpp"

namespace pedigree::behavior {

using nlohmann::json;

std::string request_body(const Generation& g, std::string_view prompt, int sample) {
  json body{{"model", g.model}, {"max_tokens", g.max_tokens}, {"temperature", g.temperature}, {"seed", sample}};
  if (g.kind == CallKind::chat) {
    body["messages"] = {{{"role", "user"}, {"content", prompt}}};
    if (g.top_logprobs > 0) {
      body["logprobs"] = true;
      body["top_logprobs"] = g.top_logprobs;
    }
  } else {
    body["prompt"] = prompt;
    if (g.top_logprobs > 0) body["logprobs"] = g.top_logprobs;
  }
  return io::json_text(body);
}

ParsedAnswer parse_answer(std::string_view body) {
  ParsedAnswer parsed;
  const auto document = io::parse_json(body);
  if (!document.ok()) {
    parsed.problem = "the answer is no JSON: " + document.error().message;
    return parsed;
  }
  const auto& root = *document;
  if (root.is_object() && root.contains("error") && !root["error"].is_null()) {
    parsed.problem = "the server reports an error: " + io::json_excerpt(root["error"]);
    return parsed;
  }
  if (!root.is_object() || !root.contains("choices") || !root["choices"].is_array() || root["choices"].empty() ||
      !root["choices"][0].is_object()) {
    parsed.problem = "the answer has no choices[0]: " + io::json_excerpt(root);
    return parsed;
  }
  const auto& choice = root["choices"][0];
  if (const auto found = choice.find("finish_reason"); found != choice.end() && found->is_string())
    parsed.finish_reason = *found;
  if (const auto found = choice.find("logprobs"); found != choice.end() && found->is_object())
    parsed.logprobs_json = io::json_text(*found);
  if (const auto text = choice.find("text"); text != choice.end() && text->is_string()) {
    parsed.text = text->get<std::string>();
  } else if (const auto message = choice.find("message"); message != choice.end() && message->is_object()) {
    if (const auto content = message->find("content"); content != message->end() && content->is_string())
      parsed.text = content->get<std::string>();
    else if (const auto refusal = message->find("refusal"); refusal != message->end() && refusal->is_string())
      parsed.text = refusal->get<std::string>();
  }
  if (!parsed.text) parsed.problem = "choices[0] holds no text: " + io::json_excerpt(choice);
  return parsed;
}

}  // namespace pedigree::behavior
