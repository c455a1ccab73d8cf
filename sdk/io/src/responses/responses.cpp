// SPDX-License-Identifier: MIT
#include "pedigree/io/responses.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "answer_files.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::io {
namespace {

// Half a million answers of 256 MiB together: more than any of the statistics gains from.
constexpr std::size_t kMostAnswers = 500'000;
constexpr std::uint64_t kMostText = std::uint64_t{256} << 20;

std::string normalised(std::string_view text) {
  std::string out;
  bool space = false;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
  }
  return out;
}

/// JSON lines: the first line is a whole value. A list over several lines is not.
bool first_line_is_a_value(Feed& feed, const responses::Walk& walk, std::string_view name) {
  std::size_t end = std::string_view::npos;
  while ((end = feed.ahead().find('\n')) == std::string_view::npos && feed.ahead().size() <= walk.row && feed.more()) {
  }
  JsonLimits limits = config_json_limits();
  limits.bytes = walk.row;
  return parse_json(feed.ahead().substr(0, std::min(end, walk.row + 1)), limits, name).ok();
}

void mark_duplicates(AnswerSet& set) {
  std::unordered_set<std::string> seen;
  for (auto& answer : set.answers) {
    const auto key = AnswerSet::join_key(answer);
    if (key.empty() || answer.state != AnswerState::usable) continue;
    if (!seen.insert(key).second) answer.state = AnswerState::duplicate;
  }
}

}  // namespace

std::size_t AnswerSet::usable() const {
  return static_cast<std::size_t>(
      std::count_if(answers.begin(), answers.end(), [](const Answer& a) { return a.state == AnswerState::usable; }));
}

std::string AnswerSet::join_key(const Answer& answer) {
  const auto prompt = normalised(answer.prompt);
  return prompt.empty() ? (answer.prompt_id.empty() ? std::string{} : "#" + answer.prompt_id) : prompt;
}

Result<AnswerSet> read_answers(const ByteSource& source) { return responses::read_answers(source, {}); }

Result<AnswerSet> read_answers(std::string_view name, std::string_view bytes) {
  return read_answers(ByteSource{std::string{name}, std::as_bytes(std::span{bytes})});
}

namespace responses {

bool has_room(const AnswerSet& set) { return set.answers.size() < kMostAnswers && set.text_bytes < kMostText; }

void keep(Answer answer, AnswerSet& set) {
  set.text_bytes += answer.text.size() + answer.prompt.size() + answer.prompt_id.size() + 8 * answer.token_ids.size();
  set.answers.push_back(std::move(answer));
}

Result<AnswerSet> read_answers(const ByteSource& source, const Walk& walk) {
  AnswerSet set;
  set.name = source.name();
  Feed feed{source, walk.piece};
  const auto load = [&](std::size_t count) {
    while (feed.ahead().size() < count && feed.more()) {
    }
    return feed.ahead();
  };
  if (load(3).starts_with("\xEF\xBB\xBF")) feed.consume(3);
  do {
    const auto ahead = feed.ahead();
    feed.consume(std::min(ahead.find_first_not_of(" \t\r\n"), ahead.size()));
  } while (feed.ahead().empty() && feed.more());
  if (feed.ahead().empty() && !feed.error())
    return Error{"ANSWERS_EMPTY", set.name, "", "the file is empty", "give a file of recorded answers"};
  bool known = true;
  std::optional<Error> problem;
  if (!feed.ahead().empty() && (feed.ahead().front() == '[' || feed.ahead().front() == '{')) {
    if (first_line_is_a_value(feed, walk, set.name)) {
      set.format = "json-lines";
      read_json_lines(feed, walk, set);
    } else {
      set.format = "json";
      problem = read_json_document(feed, walk, set);
    }
  } else {
    known = read_csv(feed, walk, set);
  }
  if (feed.error()) return *feed.error();
  if (problem) return *problem;
  if (!known)
    return Error{"ANSWERS_FORMAT", set.name, "", "it is neither JSON nor a CSV with columns for prompt and completion",
                 "record one JSON object per line: {\"prompt_id\", \"prompt\", \"response\"}"};
  if (set.answers.empty())
    return Error{"ANSWERS_FORMAT", set.name, "", "no row of it holds an answer",
                 "record one JSON object per line: {\"prompt_id\", \"prompt\", \"response\"}"};
  mark_duplicates(set);
  return set;
}

}  // namespace responses
}  // namespace pedigree::io
