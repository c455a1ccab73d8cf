// SPDX-License-Identifier: MIT
#include "pedigree/io/responses.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "answer_json.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::io {
namespace {

constexpr std::size_t kLineCap = std::size_t{8} << 20;

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

JsonLimits row_limits() {
  JsonLimits limits = config_json_limits();
  limits.bytes = kLineCap;
  return limits;
}

void read_json_lines(std::string_view bytes, AnswerSet& set) {
  set.format = "json-lines";
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto before = set.answers.size();
    if (const auto row = parse_json(line, row_limits(), set.name); row.ok()) responses::collect_answers(*row, set);
    if (set.answers.size() == before) ++set.rows_skipped;
  }
}

/// One CSV record with RFC 4180 quoting; fields may hold line breaks.
bool take_record(std::string_view& bytes, std::vector<std::string>& fields) {
  fields.assign(1, {});
  bool quoted = false;
  std::size_t i = 0;
  for (; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '"' && quoted && i + 1 < bytes.size() && bytes[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted && fields.size() < 256) {
      fields.emplace_back();
    } else if (c == '\n' && !quoted) {
      ++i;
      break;
    } else if (c != '\r' || quoted) {
      if (fields.back().size() < (std::size_t{1} << 20)) fields.back() += c;
    }
  }
  bytes.remove_prefix(i);
  return fields.size() > 1 || !fields.front().empty();
}

template <std::size_t N>
int column(const std::vector<std::string>& header, const std::array<std::string_view, N>& names) {
  for (const auto name : names)
    for (std::size_t i = 0; i < header.size(); ++i)
      if (header[i] == name) return static_cast<int>(i);
  return -1;
}

constexpr std::array<std::string_view, 6> kAnswerColumns{"completion", "response",   "output",
                                                         "answer",     "generation", "text"};
constexpr std::array<std::string_view, 4> kPromptColumns{"prompt", "instruction", "question", "input"};
constexpr std::array<std::string_view, 3> kIdColumns{"prompt_id", "id", "index"};

bool read_csv(std::string_view bytes, AnswerSet& set) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::vector<std::string> fields;
  take_record(bytes, fields);
  const int answer = column(fields, kAnswerColumns), prompt = column(fields, kPromptColumns),
            id = column(fields, kIdColumns);
  if (answer < 0 || (prompt < 0 && id < 0)) return false;
  set.format = "csv";
  const auto field = [&](int index) {
    return index >= 0 && static_cast<std::size_t>(index) < fields.size()
               ? responses::clean_text(fields[static_cast<std::size_t>(index)])
               : std::string{};
  };
  while (!bytes.empty() && set.answers.size() < 2'000'000) {
    if (!take_record(bytes, fields)) continue;
    Answer a;
    a.prompt_id = field(id);
    a.prompt = field(prompt);
    a.text = field(answer);
    if (normalised(a.text).empty()) a.state = AnswerState::empty;
    set.answers.push_back(std::move(a));
  }
  return true;
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

Result<AnswerSet> read_answers(std::string_view name, std::string_view bytes) {
  AnswerSet set;
  set.name = name;
  const auto first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    return Error{"ANSWERS_EMPTY", set.name, "", "the file is empty", "give a file of recorded answers"};
  if (bytes[first] == '[' || bytes[first] == '{') {
    const auto line_end = bytes.find('\n', first);
    const auto first_line = bytes.substr(first, line_end == std::string_view::npos ? line_end : line_end - first);
    if (parse_json(first_line, row_limits(), name).ok()) {
      read_json_lines(bytes, set);
    } else {
      JsonLimits limits = row_limits();
      limits.bytes = std::size_t{512} << 20;
      limits.values = 20'000'000;
      const auto document = parse_json(bytes, limits, name);
      if (!document.ok()) return document.error();
      set.format = "json";
      responses::collect_answers(*document, set);
    }
  } else if (!read_csv(bytes, set)) {
    return Error{"ANSWERS_FORMAT", set.name, "", "it is neither JSON nor a CSV with columns for prompt and completion",
                 "record one JSON object per line: {\"prompt_id\", \"prompt\", \"response\"}"};
  }
  if (set.answers.empty())
    return Error{"ANSWERS_FORMAT", set.name, "", "no row of it holds an answer",
                 "record one JSON object per line: {\"prompt_id\", \"prompt\", \"response\"}"};
  mark_duplicates(set);
  return set;
}

}  // namespace pedigree::io
