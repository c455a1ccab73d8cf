// SPDX-License-Identifier: MIT
#include "plugins/behavior/pairing.hpp"

#include <algorithm>

#include "pedigree/io/artifact_role.hpp"
#include "plugins/behavior/text/refusal.hpp"

namespace pedigree::behavior {
namespace {

void count_drop(const io::Answer& answer, DropCounts& dropped) {
  switch (answer.state) {
    case io::AnswerState::usable:
      break;
    case io::AnswerState::empty:
      ++dropped.empty;
      break;
    case io::AnswerState::failed:
      ++dropped.failed;
      break;
    case io::AnswerState::truncated:
      ++dropped.truncated;
      break;
    case io::AnswerState::duplicate:
      ++dropped.duplicate;
      break;
  }
}

ModelAnswers read_answers_of(const Host& host, const Request& request, const ModelRef& model) {
  ModelAnswers result;
  result.model = model.id;
  result.role = model.role;
  result.problem = "no recorded answers";
  for (const auto& artifact : request.artifacts_of(model.id)) {
    if (artifact.role != io::role::kResponses) continue;
    auto set = read_answers(artifact);
    if (!set.ok()) {
      result.problem = set.error().text();
      continue;
    }
    if (set->cut_short)
      host.warn(std::string{model.id} + ": " + set->name + ": only its first " + std::to_string(set->answers.size()) +
                " answers are compared, the file holds more");
    result.sets.push_back(std::move(*set));
  }
  for (const auto& set : result.sets)
    for (const auto& answer : set.answers) {
      count_drop(answer, result.dropped);
      const auto key = io::AnswerSet::join_key(answer);
      if (answer.state != io::AnswerState::usable) continue;
      if (key.empty())
        ++result.dropped.unmatched;
      else if (!result.by_key.emplace(key, &answer).second)
        ++result.dropped.duplicate;
      else if (answer.cut)
        ++result.dropped.truncated;
    }
  for (const auto& [key, answer] : result.by_key)
    if (find_refusal(answer->text)) result.refused.insert(key);
  result.dropped.refused = result.refused.size();
  if (!result.by_key.empty()) result.problem.clear();
  return result;
}

}  // namespace

io::Result<io::AnswerSet> read_answers(const Artifact& artifact) {
  const auto file = io::ByteSource::open(artifact);
  if (!file.ok()) return file.error();
  return io::read_answers(*file);
}

std::vector<ModelAnswers> read_all_answers(const Host& host, const Request& request) {
  std::vector<ModelAnswers> all;
  all.push_back(read_answers_of(host, request, request.subject()));
  for (const auto& reference : request.references()) all.push_back(read_answers_of(host, request, reference));
  return all;
}

bool comparable(const io::Answer& a, const io::Answer& b) {
  if (!a.cut && !b.cut) return true;
  return a.cut && b.cut && a.token_limit && a.token_limit == b.token_limit;
}

std::vector<std::string> common_prompts(const ModelAnswers& a, const ModelAnswers& b) {
  std::vector<std::string> keys;
  for (const auto& [key, answer] : a.by_key)
    if (const auto other = b.by_key.find(key); other != b.by_key.end() && comparable(*answer, *other->second) &&
                                               a.refused.count(key) + b.refused.count(key) == 0)
      keys.push_back(key);
  return keys;
}

std::size_t truncated_pairs(const ModelAnswers& a, const ModelAnswers& b) {
  return static_cast<std::size_t>(std::count_if(a.by_key.begin(), a.by_key.end(), [&](const auto& entry) {
    const auto other = b.by_key.find(entry.first);
    return other != b.by_key.end() && !comparable(*entry.second, *other->second);
  }));
}

}  // namespace pedigree::behavior
