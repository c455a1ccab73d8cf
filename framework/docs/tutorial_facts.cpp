// SPDX-License-Identifier: MIT
// The numbers of the tutorial: what the runs at hand say to a newcomer's questions.
#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/docs/facts.hpp"
#include "framework/report/markdown.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::docs {
namespace {

using report::markdown::plain;
using report::markdown::table;

using nlohmann::json;
using report::fixed;
using report::list_at;
using report::number_at;
using report::object_at;
using report::text_at;
using Runs = std::vector<Run>;
using Rows = std::vector<std::vector<std::string>>;

std::size_t references(const Run& run, bool controls) {
  std::size_t count = 0;
  for (const auto& row : list_at(run.report(), "references")) count += (text_at(row, "role") == "control") == controls;
  return count;
}

/// "80", or "80–81" over all runs.
std::string range(const Runs& runs, int decimals, const std::function<double(const Run&)>& value) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& run : runs) low = std::min(low, value(run)), high = std::max(high, value(run));
  const auto a = fixed(low, decimals), b = fixed(high, decimals);
  return a == b ? a : a + "–" + b;
}

std::string of_verdict(const Runs& runs, const char* key, double factor = 1, int decimals = 0) {
  return range(runs, decimals, [&](const Run& run) { return factor * number_at(run.verdict(), key); });
}

double prior_odds(const Run& run) {
  for (const auto& step : list_at(run.verdict(), "contributions"))
    if (text_at(step, "what") == "prior") return number_at(step, "log10_odds");
  return 0;
}

double probability(double log10_odds) { return 1 / (1 + std::pow(10.0, -log10_odds)); }

std::string names(const Runs& runs) {
  std::string text;
  for (const auto& run : runs) text += (text.empty() ? "" : ", ") + run.name();
  return text;
}

std::string verdict_counts(const Runs& runs) {
  std::vector<std::pair<std::string, int>> counts;
  for (const auto& run : runs) {
    const auto found =
        std::find_if(counts.begin(), counts.end(), [&](const auto& c) { return c.first == run.label(); });
    found == counts.end() ? static_cast<void>(counts.emplace_back(run.label(), 1)) : static_cast<void>(++found->second);
  }
  std::string text;
  for (const auto& [label, count] : counts)
    text += (text.empty() ? "" : ", ") + runs.front().say("count-of", {{"count", count}, {"label", label}});
  return text;
}

std::string findings(const Runs& runs, const std::function<bool(const json&)>& wanted) {
  std::size_t count = 0;
  for (const auto& run : runs)
    for (const auto& row : list_at(run.report(), "evidence")) count += wanted(row) ? 1 : 0;
  return report::thousands(static_cast<double>(count));
}

std::string largest_ratio(const Runs& runs) {
  double most = 0;
  for (const auto& run : runs)
    for (const auto& row : list_at(run.report(), "evidence"))
      most = std::max(most, std::abs(number_at(row, "log10_lr")));
  return short_number(most, 2);
}

std::string verdict_table(const Runs& runs) {
  const auto& first = runs.front();
  Rows rows{
      {first.say("model"), first.say("verdict"), first.say("score"), first.say("assurance"), first.say("coverage")}};
  for (const auto& run : runs)
    rows.push_back({run.name(), run.label(), fixed(number_at(run.verdict(), "score"), 0),
                    fixed(number_at(run.verdict(), "assurance"), 0) + " / 4",
                    fixed(100 * number_at(run.verdict(), "coverage"), 0) + "%"});
  return table(rows);
}

/// One line per run that has something to say; a sentence when none has.
std::string lines(const Runs& runs, const std::function<std::string(const Run&)>& line_of) {
  std::string text;
  for (const auto& run : runs)
    if (const auto line = line_of(run); !line.empty())
      text += (text.empty() ? "" : "\n") + std::string{"* **"} + run.name() + "**: " + line;
  return text.empty() ? runs.front().say("none-of-these") : text;
}

std::string closest_shape(const Run& run) {
  const json* best = nullptr;
  for (const auto& row : list_at(run.report(), "evidence")) {
    if (text_at(row, "signal") != "architecture.core-match" || text_at(row, "component") != "text_decoder") continue;
    if (best == nullptr || number_at(row, "value") > number_at(*best, "value")) best = &row;
  }
  if (best == nullptr) return "";
  return plain(run.words().summary(*best)) + " " +
         run.say("with-log10-lr", {{"value", short_number(number_at(*best, "log10_lr"), 2)}});
}

std::string first_sentence(const Run& run, const char* signal) {
  const auto* row = run.strongest(signal);
  return row == nullptr ? "" : plain(run.words().summary(*row));
}

std::string tokenizer_line(const Run& run) {
  const auto rows = run.evidence("tokenizer");
  // Where nothing weighs, the ancestor says most.
  if (!rows.empty() && number_at(*rows.front(), "log10_lr") == 0)
    for (const char* signal : {"tokenizer.published-counts", "tokenizer.ancestor"})
      if (const auto line = first_sentence(run, signal); !line.empty()) return line;
  return rows.empty() ? "" : plain(run.words().summary(*rows.front()));
}

std::string declared_line(const Run& run) {
  std::string text;
  for (const auto& reuse : list_at(object_at(run.report(), "claim"), "declared"))
    text += (text.empty() ? "" : "; ") +
            run.say("declared", {{"component", plain(run.words().term("component", text_at(reuse, "component")))},
                                 {"parent", plain(text_at(reuse, "parent"))}});
  return text;
}

std::string next_line(const Run& run) {
  const auto& next = list_at(run.report(), "next_evidence");
  if (next.empty()) return "";
  return plain(run.words().what(next.front())) + " " +
         run.say("up-to-points", {{"points", number_at(next.front(), "could_move")}});
}

std::string sensitivity_line(const Run& run) {
  const auto& sensitivity = object_at(run.report(), "sensitivity");
  if (sensitivity.empty()) return "";
  std::string labels;
  for (const auto& label : list_at(sensitivity, "labels"))
    if (label.is_string())
      labels += (labels.empty() ? "" : ", ") + plain(run.words().term("label", label.get<std::string>()));
  return run.say("sensitivity", {{"low", number_at(sensitivity, "score_min")},
                                 {"high", number_at(sensitivity, "score_max")},
                                 {"labels", labels}});
}

/// Which kinds of evidence spoke in how many runs.
std::string families(const Runs& runs) {
  const auto& first = runs.front();
  Rows rows{{first.say("method"), first.say("runs-with-evidence"), first.say("findings")}};
  for (const char* family : {"tokenizer", "weight", "architecture", "behavior", "training_log"}) {
    std::size_t spoke = 0, found = 0;
    for (const auto& run : runs) {
      const auto count = run.evidence(family).size();
      spoke += count > 0 ? 1 : 0;
      found += count;
    }
    rows.push_back({plain(first.words().term("family", family)),
                    first.say("of-runs", {{"count", spoke}, {"total", runs.size()}}),
                    report::thousands(static_cast<double>(found))});
  }
  return table(rows);
}

/// The arithmetic of one verdict whose score is the sum of its steps and nothing else.
std::string worked_example(const Runs& runs) {
  for (const auto& run : runs) {
    double sum = 0;
    const auto& steps = list_at(run.verdict(), "contributions");
    for (const auto& step : steps) sum += number_at(step, "log10_odds");
    const double p = number_at(run.verdict(), "p_derived");
    if (steps.size() < 2 || std::abs(probability(sum) - p) > 1e-4) continue;
    Rows rows{{run.say("step"), run.say("log10-odds")}};
    for (const auto& step : steps) {
      const auto what = text_at(step, "what"), reference = text_at(step, "reference");
      rows.push_back({(what == "prior" ? run.say("prior") : plain(run.words().term("family", what))) +
                          (reference.empty() ? "" : " (" + plain(reference) + ")"),
                      fixed(number_at(step, "log10_odds"), 3)});
    }
    rows.push_back({run.say("sum"), fixed(sum, 3)});
    return table(rows) + "\n\n" +
           run.say("worked", {{"model", run.name()},
                              {"sum", fixed(sum, 3)},
                              {"p", fixed(p, 3)},
                              {"score", number_at(run.verdict(), "score")}});
  }
  return runs.front().say("none-of-these");
}

}  // namespace

Facts tutorial_facts(const Runs& runs) {
  const auto words = [](auto text) { return [text] { return Fact{text(), false}; }; };
  const auto block = [](auto text) { return [text] { return Fact{text(), true}; }; };
  const auto each = [&](std::string (*line)(const Run&)) { return block([&runs, line] { return lines(runs, line); }); };
  return {
      {"model-count", words([&] { return std::to_string(runs.size()); })},
      {"model-names", words([&] { return names(runs); })},
      {"verdict-counts", words([&] { return verdict_counts(runs); })},
      {"catalog-count", words([&] {
         return std::to_string(std::count_if(runs.begin(), runs.end(), [](const Run& run) {
           return text_at(object_at(run.report(), "subject"), "resolved_from") == "catalog";
         }));
       })},
      {"score-range", words([&] { return of_verdict(runs, "score"); })},
      {"probability-range", words([&] { return of_verdict(runs, "p_derived", 1, 2); })},
      {"assurance-range", words([&] { return of_verdict(runs, "assurance"); })},
      {"coverage-range", words([&] { return of_verdict(runs, "coverage", 100); })},
      {"confidence-range", words([&] { return of_verdict(runs, "confidence", 1, 2); })},
      {"reference-range",
       words([&] { return range(runs, 0, [](const Run& r) { return static_cast<double>(references(r, false)); }); })},
      {"control-range",
       words([&] { return range(runs, 0, [](const Run& r) { return static_cast<double>(references(r, true)); }); })},
      {"prior-probability",
       words([&] { return range(runs, 2, [](const Run& r) { return probability(prior_odds(r)); }); })},
      {"prior-odds", words([&] { return range(runs, 2, prior_odds); })},
      {"finding-count", words([&] { return findings(runs, [](const json&) { return true; }); })},
      {"neutral-count",
       words([&] { return findings(runs, [](const json& row) { return number_at(row, "log10_lr") == 0; }); })},
      {"largest-ratio", words([&] { return largest_ratio(runs); })},
      {"norm-findings", words([&] {
         return findings(runs, [](const json& row) { return text_at(row, "signal") == "weight.norm-gains"; });
       })},
      {"verdict-table", block([&] { return verdict_table(runs); })},
      {"families", block([&] { return families(runs); })},
      {"worked-example", block([&] { return worked_example(runs); })},
      {"closest-shapes", each(closest_shape)},
      {"parameter-counts", each([](const Run& run) { return first_sentence(run, "architecture.parameter-count"); })},
      {"tokenizers", each(tokenizer_line)},
      {"declared-reuse", each(declared_line)},
      {"next-steps", each(next_line)},
      {"sensitivity", each(sensitivity_line)},
  };
}

}  // namespace pedigree::docs
