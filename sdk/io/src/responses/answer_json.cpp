// SPDX-License-Identifier: MIT
#include "answer_json.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "answer_files.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::io::responses {
namespace {

using nlohmann::json;

constexpr int kDepth = 16;
constexpr std::size_t kMaximumText = std::size_t{1} << 20;

constexpr std::array kIdKeys{"prompt_id", "custom_id", "question_id", "doc_id",     "id",
                             "i",         "idx",       "index",       "prompt_hash"};
constexpr std::array kPromptKeys{"prompt", "instruction", "question", "questions", "input", "query"};
constexpr std::array kAnswerKeys{"response",       "output",         "outputs", "completion", "answer",  "generation",
                                 "generated_text", "filtered_resps", "resps",   "choices",    "samples", "text"};

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  return {};
}

template <std::size_t N>
const json* first_of(const json& row, const std::array<const char*, N>& keys) {
  for (const char* key : keys)
    if (const auto found = row.find(key); found != row.end() && !found->is_null()) return &*found;
  return nullptr;
}

/// Descends to the text inside an answer field: "x", ["x"], [["x"]], {"message": {"content": "x"}},
/// {"turns": [...]}, {"body": {"choices": [...]}}. Several texts mean several turns.
void texts_inside(const json& value, std::vector<std::string>& texts, int depth = 0) {
  if (depth > 6 || texts.size() > 32) return;
  if (value.is_string()) {
    texts.push_back(value.get<std::string>());
  } else if (value.is_array()) {
    for (const auto& item : value) texts_inside(item, texts, depth + 1);
  } else if (value.is_object()) {
    for (const char* key : {"content", "message", "text", "turns", "choices", "body", "response"})
      if (const auto found = value.find(key); found != value.end() && !found->is_null()) {
        texts_inside(*found, texts, depth + 1);
        return;
      }
  }
}

/// The last user message of a chat, when the row holds messages instead of a prompt.
std::string prompt_of(const json& row, std::size_t turn) {
  if (const auto* prompt = first_of(row, kPromptKeys)) {
    if (prompt->is_string()) return prompt->get<std::string>();
    if (prompt->is_array() && turn < prompt->size() && (*prompt)[turn].is_string())
      return (*prompt)[turn].get<std::string>();
  }
  if (const auto found = row.find("messages"); found != row.end() && found->is_array())
    for (auto it = found->rbegin(); it != found->rend(); ++it)
      if (it->is_object() && it->value("role", json{}) == "user") return text_of(it->value("content", json{}));
  if (const auto doc = row.find("doc"); doc != row.end() && doc->is_object())
    if (const auto* prompt = first_of(*doc, kPromptKeys)) return text_of(*prompt);
  return {};
}

bool says(const json& row, const char* key, std::initializer_list<const char*> words) {
  const auto found = row.find(key);
  if (found == row.end() || !found->is_string()) return false;
  for (const char* word : words)
    if (*found == word) return true;
  return false;
}

std::string finish_reason(const json& row, int depth = 0) {
  for (const char* key : {"finish_reason", "stop_reason"})
    if (const auto found = row.find(key); found != row.end() && found->is_string()) return found->get<std::string>();
  if (const auto choices = row.find("choices");
      choices != row.end() && choices->is_array() && !choices->empty() && (*choices)[0].is_object())
    return text_of((*choices)[0].value("finish_reason", json{}));
  // OpenAI batch output: {"response": {"body": {"choices": ...}}}
  for (const char* key : {"response", "body"})
    if (const auto found = row.find(key); found != row.end() && found->is_object() && depth < 4)
      return finish_reason(*found, depth + 1);
  return {};
}

bool failed(const json& row) {
  if (const auto error = row.find("error"); error != row.end() && !error->is_null() && *error != false && *error != "")
    return true;
  return says(row, "status", {"error", "failed", "timeout"});
}

std::optional<double> number(const json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() ? std::nullopt : json_number(*found);
}

bool blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

/// 0 or 1 (or false and true) under a name that harnesses use for a graded answer.
std::optional<bool> graded(const json& row) {
  for (const char* key : {"correct", "is_correct", "acc", "exact_match"}) {
    const auto found = row.find(key);
    if (found == row.end()) continue;
    if (found->is_boolean()) return found->get<bool>();
    const auto value = json_number(*found);
    if (value && (*value == 0 || *value == 1)) return *value == 1;
  }
  return std::nullopt;
}

/// max_tokens of the request, wherever recorders keep it; for a cut answer also the tokens it has.
std::optional<double> token_limit(const json& row, bool cut) {
  for (const char* key : {"max_tokens", "max_new_tokens", "max_completion_tokens"}) {
    if (const auto limit = number(row, key)) return limit;
    for (const char* part : {"params", "parameters", "gen_kwargs"})
      if (const auto found = row.find(part); found != row.end() && found->is_object())
        if (const auto limit = number(*found, key)) return limit;
  }
  if (!cut) return std::nullopt;
  const auto used = [](const json& owner) -> std::optional<double> {
    const auto usage = owner.find("usage");
    return usage != owner.end() && usage->is_object() ? number(*usage, "completion_tokens") : std::nullopt;
  };
  if (const auto limit = used(row)) return limit;
  if (const auto found = row.find("response"); found != row.end() && found->is_object())
    if (const auto body = found->find("body"); body != found->end() && body->is_object()) return used(*body);
  return std::nullopt;
}

void add_row(const json& row, const json* answer, AnswerSet& set) {
  std::vector<std::string> texts;
  if (answer != nullptr) texts_inside(*answer, texts);
  if (texts.empty()) texts.emplace_back();
  const auto* id = first_of(row, kIdKeys);
  const std::string reason = finish_reason(row);
  for (std::size_t turn = 0; turn < texts.size() && has_room(set); ++turn) {
    Answer a;
    if (id != nullptr) a.prompt_id = clean_text(text_of(*id));
    if (texts.size() > 1 && !a.prompt_id.empty()) a.prompt_id += "/" + std::to_string(turn);
    a.prompt = clean_text(prompt_of(row, turn));
    a.text = clean_text(texts[turn]);
    if (failed(row))
      a.state = AnswerState::failed;
    else if (blank(a.text))
      a.state = AnswerState::empty;
    else if (reason == "content_filter")
      a.state = AnswerState::failed;
    if (const auto ids = row.find("token_ids"); ids != row.end() && ids->is_array())
      for (const auto& token : *ids)
        if (const auto whole = json_integer(token); whole && a.token_ids.size() < 100'000)
          a.token_ids.push_back(*whole);
    a.cut = reason == "length" || reason == "max_tokens";
    a.token_limit = token_limit(row, a.cut);
    a.correct = graded(row);
    a.train_index = number(row, "train_index");
    a.loss = number(row, "loss_target");
    a.reference_loss = number(row, "loss_ref");
    keep(std::move(a), set);
  }
}

void walk(const json& value, AnswerSet& set, int depth) {
  if (depth > kDepth) return;
  if (!has_room(set)) {
    set.cut_short = true;
    return;
  }
  if (value.is_array()) {
    for (const auto& item : value) walk(item, set, depth + 1);
  } else if (value.is_object()) {
    const json* answer = first_of(value, kAnswerKeys);
    const bool row = answer != nullptr && (answer->is_string() || first_of(value, kIdKeys) != nullptr ||
                                           first_of(value, kPromptKeys) != nullptr);
    if (row || value.contains("train_index") || (failed(value) && first_of(value, kIdKeys) != nullptr)) {
      add_row(value, answer, set);
      return;
    }
    for (const auto& [key, item] : value.items())
      if (item.is_structured()) walk(item, set, depth + 1);
  }
}

}  // namespace

std::string clean_text(std::string_view text) {
  // A round trip through a JSON string replaces what is not UTF-8.
  std::string out;
  if (text.size() > kMaximumText) {
    std::size_t cut = kMaximumText;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    text = text.substr(0, cut);
  }
  const auto dumped = json(std::string{text}).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(dumped).get<std::string>();
}

void collect_answers(const json& value, AnswerSet& set) { walk(value, set, 0); }

}  // namespace pedigree::io::responses
