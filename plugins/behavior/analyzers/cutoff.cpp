// SPDX-License-Identifier: MIT
#include "plugins/behavior/analyzers/cutoff.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/behavior/analyzers/emit.hpp"
#include "plugins/behavior/probes/probes.hpp"
#include "plugins/behavior/statistics/change_point.hpp"

namespace pedigree::behavior {
namespace {

using nlohmann::json;

constexpr double kClearEnd = 5;         // log likelihood gained by a step over none
constexpr double kSameCutoffLr = 0.15;  // thousands of models share a crawl; a shared end of knowledge says little
constexpr int kNarrow = 4;              // months: a wider interval is no agreement

std::vector<DatedAnswer> dated(const ModelAnswers& model) {
  std::vector<DatedAnswer> answers;
  for (const auto& [key, answer] : model.by_key)
    // Cut answers too: a base model's completions always end at the limit, the same for every month.
    if (const auto* probe = find_probe(answer->prompt, answer->prompt_id); probe != nullptr && probe->month >= 0)
      answers.push_back({probe->month, grade(*probe, answer->text)});
  std::sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) { return a.month < b.month; });
  return answers;
}

/// Share of right answers by quarter, for the picture.
json curve(const std::vector<DatedAnswer>& answers) {
  std::map<int, std::pair<int, int>> quarters;
  for (const auto& a : answers) {
    auto& [right, all] = quarters[a.month / 3 * 3];
    right += a.correct ? 1 : 0;
    ++all;
  }
  json points = json::array();
  for (const auto& [month, n] : quarters)
    points.push_back(
        {{"month", month_text(month)}, {"accuracy", static_cast<double>(n.first) / n.second}, {"answers", n.second}});
  return points;
}

}  // namespace

bool emit_cutoffs(const Host& host, const std::vector<ModelAnswers>& models) {
  const auto own_answers = dated(models.front());
  const auto own = estimate_cutoff(own_answers);
  if (!own) return false;
  const bool clear = own->gain >= kClearEnd;
  host.emit(make_evidence("behavior.knowledge-cutoff", "", own->month, clear ? "cutoff.found" : "cutoff.unclear",
                          {{"month", month_text(own->month)},
                           {"low", month_text(own->low)},
                           {"high", month_text(own->high)},
                           {"answers", own_answers.size()},
                           {"before", own->before},
                           {"after", own->after}},
                          {{"curve", curve(own_answers)}, {"gain", own->gain}}));
  for (std::size_t r = 1; r < models.size() && clear; ++r) {
    const auto answers = dated(models[r]);
    const auto other = estimate_cutoff(answers);
    if (!other || other->gain < kClearEnd) continue;
    const double log10_p = log10_same_cutoff(own_answers, answers);
    const bool same =
        log10_p > std::log10(0.05) && own->high - own->low <= kNarrow && other->high - other->low <= kNarrow;
    auto e = make_evidence("behavior.same-cutoff", models[r].model, own->month - other->month,
                           same ? "cutoff.same" : "cutoff.other",
                           {{"reference", models[r].model},
                            {"month", month_text(own->month)},
                            {"reference_month", month_text(other->month)},
                            {"p", std::pow(10.0, log10_p)}},
                           {{"curve", curve(answers)}});
    if (same) {
      e.log10_lr = kSameCutoffLr;
      e.relation = relation::kBehavioralProximity;
    }
    host.emit(e);
  }
  return true;
}

Descriptor Cutoff::describe() {
  return {"behavior.knowledge-cutoff",
          "Finds where a model's knowledge of dated events ends, and whether a reference's ends there too.",
          PEDIGREE_KIND_BEHAVIOR,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"behavior.knowledge-cutoff", "months since 2000-01", "The last month of known events.", 0, 1200},
           {"behavior.same-cutoff", "months", "The subject's cutoff minus the reference's.", -1200, 1200}},
          {"responses"},
          {}};
}

Cutoff::Cutoff(const Options&) {}

pedigree_status Cutoff::run(const Host& host, const Request& request) {
  const auto models = read_all_answers(host, request);
  if (emit_cutoffs(host, models)) return PEDIGREE_OK;
  host.set_error("fewer than 20 answers to the shipped event probes (record them with the analyzer behavior.endpoint)");
  return PEDIGREE_NOT_APPLICABLE;
}

}  // namespace pedigree::behavior
