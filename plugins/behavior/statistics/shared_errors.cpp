// SPDX-License-Identifier: MIT
#include "plugins/behavior/statistics/shared_errors.hpp"

#include <algorithm>
#include <map>

#include "plugins/behavior/probes/probes.hpp"
#include "plugins/behavior/statistics/exact.hpp"
#include "plugins/behavior/text/words.hpp"

namespace pedigree::behavior {
namespace {

constexpr std::size_t kAnswerWords = 6;

/// The wrong answers of a model by prompt: their first words. One that was cut off before those is no answer yet.
using Errors = std::map<std::string, std::vector<std::string>>;

Errors errors_of(const ModelAnswers& model) {
  Errors errors;
  for (const auto& [key, answer] : model.by_key)
    if (const auto right = is_correct(*answer); right && !*right) {
      auto beginning = words(answer->text, kAnswerWords + 1);
      if (answer->cut && beginning.size() <= kAnswerWords) continue;
      beginning.resize(std::min(beginning.size(), kAnswerWords));
      errors[key] = std::move(beginning);
    }
  return errors;
}

/// Of the prompts that all three got wrong, on how many does only one share the subject's error?
double log10_shares_more(const Errors& subject, const Errors& candidate, const Errors& control) {
  std::size_t wins = 0, losses = 0;
  for (const auto& [key, own] : subject) {
    const auto a = candidate.find(key), b = control.find(key);
    if (a == candidate.end() || b == control.end()) continue;
    wins += a->second == own && b->second != own ? 1 : 0;
    losses += a->second != own && b->second == own ? 1 : 0;
  }
  return log10_sign_test(wins, losses);
}

}  // namespace

std::optional<bool> is_correct(const io::Answer& answer) {
  if (answer.correct) return answer.correct;
  const auto* probe = find_probe(answer.prompt, answer.prompt_id);
  if (probe == nullptr || probe->accept.empty()) return std::nullopt;
  return grade(*probe, answer.text);
}

std::vector<SharedErrors> shared_errors(const std::vector<ModelAnswers>& models) {
  std::vector<Errors> errors;
  for (const auto& model : models) errors.push_back(errors_of(model));
  std::vector<SharedErrors> all;
  for (std::size_t r = 1; r < models.size(); ++r) {
    SharedErrors found;
    found.reference = models[r].model;
    for (const auto& [key, own] : errors.front())
      if (const auto other = errors[r].find(key); other != errors[r].end()) {
        ++found.both_wrong;
        found.same += other->second == own ? 1 : 0;
      }
    double worst = -1e300;
    for (std::size_t c = 1; c < models.size(); ++c) {
      if (c == r || errors[c].empty()) continue;
      ++found.controls;
      worst = std::max(worst, log10_shares_more(errors.front(), errors[r], errors[c]));
    }
    found.log10_p = found.controls == 0 ? 0 : worst;
    all.push_back(std::move(found));
  }
  return all;
}

}  // namespace pedigree::behavior
