// SPDX-License-Identifier: MIT
// The facts of the overview, of a method's page and of a model's page.
#include <algorithm>
#include <cmath>

#include "framework/docs/facts.hpp"
#include "framework/report/markdown.hpp"
#include "framework/report/report.hpp"

namespace pedigree::docs {
namespace {

using report::markdown::fenced;
using report::markdown::plain;
using report::markdown::table;

using nlohmann::json;
using report::list_at;
using report::number_at;
using report::object_at;
using report::text_at;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kFindings = 10;       ///< of one model on a method's page
constexpr std::size_t kModelFindings = 20;  ///< on the model's own page
constexpr int kTerminalWidth = 100;

std::string percent(double share) { return report::fixed(100 * share, 0) + "%"; }
std::string odds(const json& row) { return short_number(number_at(row, "log10_lr"), 2); }

/// Findings as a table, the first `most` of them, and how many were left out.
std::string findings(const Run& run, const std::vector<const json*>& rows, std::size_t most, bool with_family) {
  const auto& words = run.words();
  Rows cells{{run.say("finding"), run.say("reference"), run.say("log10-lr"), run.say("support")}};
  if (with_family) cells.front().insert(cells.front().begin(), run.say("method"));
  for (std::size_t i = 0; i < rows.size() && i < most; ++i) {
    const auto& row = *rows[i];
    cells.push_back({plain(words.summary(row)), plain(text_at(row, "reference")), odds(row),
                     plain(words.term("support", text_at(row, "support")))});
    if (with_family) cells.back().insert(cells.back().begin(), plain(words.term("family", text_at(row, "family"))));
  }
  auto text = table(cells);
  if (rows.size() > most)
    text += "\n\n" + run.say("more-findings", {{"count", rows.size() - most}, {"total", rows.size()}});
  return text;
}

/// Why a family has nothing to say, from the outcomes of its analyzers.
std::string silence(const Run& run, const std::string& family) {
  std::string text;
  for (const auto& outcome : list_at(run.report(), "outcomes")) {
    if (text_at(outcome, "family") != family) continue;
    text += "\n* `" + plain(text_at(outcome, "analyzer")) +
            "`: " + plain(run.words().term("outcome", text_at(outcome, "outcome")));
    if (const auto message = text_at(outcome, "message"); !message.empty())
      text += " (" + plain(run.words().reason(message)) + ")";
  }
  return run.say("no-evidence") + (text.empty() ? "" : "\n" + text);
}

std::string method_text(const std::vector<Run>& runs, const std::string& family) {
  std::string text;
  for (const auto& run : runs) {
    const auto rows = run.evidence(family);
    text += (text.empty() ? "" : "\n\n") + std::string{"## "} + run.name() + "\n\n";
    text += rows.empty() ? silence(run, family) : findings(run, rows, kFindings, false);
  }
  return text;
}

std::string components(const Run& run) {
  Rows rows{{run.say("component"), run.say("verdict"), run.say("score"), run.say("assurance"), run.say("parents")}};
  for (const auto& component : list_at(run.report(), "components")) {
    const auto& own = object_at(component, "verdict");
    std::string parents;
    for (const auto& parent : list_at(own, "parents"))
      parents += (parents.empty() ? "" : ", ") + plain(text_at(parent, "id")) + " (" +
                 plain(run.words().term("relation", text_at(parent, "relation"))) + ")";
    rows.push_back({plain(run.words().term("component", text_at(component, "name"))),
                    plain(run.words().term("label", text_at(own, "label"))), report::fixed(number_at(own, "score"), 0),
                    report::fixed(number_at(own, "assurance"), 0) + "/4", parents});
  }
  return table(rows);
}

std::string references(const Run& run) {
  Rows rows{{run.say("reference"), run.say("role"), run.say("p-derived"), run.say("relation"), run.say("compared")}};
  for (const auto& reference : list_at(run.report(), "references")) {
    std::string compared;
    for (const auto& family : list_at(reference, "compared"))
      if (family.is_string())
        compared += (compared.empty() ? "" : ", ") + plain(run.words().term("family", family.get<std::string>()));
    const bool suspect = text_at(reference, "role") == "suspect";
    rows.push_back({plain(text_at(reference, "id")), plain(run.words().term("role", text_at(reference, "role"))),
                    suspect ? report::fixed(number_at(reference, "p_derived"), 3) : "",
                    plain(run.words().term("relation", text_at(reference, "relation"))), compared});
  }
  return table(rows);
}

std::string verdict_block(const Run& run) {
  const auto& verdict = run.verdict();
  const auto assurance = report::fixed(number_at(verdict, "assurance"), 0);
  Rows rows{{run.say("what"), run.say("value")},
            {run.say("model"), plain(run.id())},
            {run.say("organisation"), run.organisation()},
            {run.say("parameters"), run.parameters()},
            {run.say("kind"), run.kind()},
            {run.say("verdict"), "**" + run.label() + "**"},
            {run.say("status"), plain(run.words().term("status", text_at(verdict, "status")))},
            {run.say("score"), report::fixed(number_at(verdict, "score"), 0) + " / 100"},
            {run.say("assurance"), assurance + " / 4, " + plain(run.words().term("assurance", assurance))},
            {run.say("coverage"), percent(number_at(verdict, "coverage"))},
            {run.say("profile"), plain(text_at(object_at(run.report(), "provenance"), "profile"))}};
  auto text = table(rows) + "\n";
  if (text_at(object_at(run.report(), "subject"), "resolved_from") == "catalog")
    text += "\n" + run.say("catalog-only") + "\n";
  for (const auto& reason : list_at(verdict, "reasons")) text += "\n* " + plain(run.words().sentence(reason));
  return text;
}

std::string next_block(const Run& run) {
  std::string text;
  for (const auto& next : list_at(run.report(), "next_evidence"))
    text += (text.empty() ? "" : "\n") + std::string{"1. "} + plain(run.words().what(next)) + " " +
            plain(run.words().say("html.could_move", {{"points", number_at(next, "could_move")}})) + ".";
  for (const auto& missing : list_at(run.report(), "missing_references"))
    if (missing.is_string())
      text += (text.empty() ? "" : "\n") + std::string{"1. "} +
              plain(run.words().say("terminal.missing-reference",
                                    {{"what", run.words().reason(missing.get<std::string>())}}));
  return text.empty() ? run.say("nothing-next") : text;
}

std::string terminal(const Run& run) {
  report::TextStyle style;
  style.width = kTerminalWidth;
  style.lang = run.words().lang();
  return fenced(report::to_terminal(run.report(), style));
}

std::string evidence_block(const Run& run) {
  std::vector<const json*> rows;
  for (const auto& row : list_at(run.report(), "evidence")) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(), [](const json* a, const json* b) {
    return std::abs(number_at(*a, "log10_lr")) > std::abs(number_at(*b, "log10_lr"));
  });
  return rows.empty() ? run.say("no-evidence") : findings(run, rows, kModelFindings, true);
}

std::string overview_table(const std::vector<Run>& runs, bool korean) {
  if (runs.empty()) return "";
  const auto& first = runs.front();
  Rows rows{{first.say("organisation"), first.say("model"), first.say("parameters"), first.say("kind"),
             first.say("status"), first.say("verdict")}};
  for (const auto& run : runs)
    rows.push_back({run.organisation(), "[" + run.name() + "](" + run.page() + (korean ? ".ko" : "") + ".md)",
                    run.parameters(), run.kind(), plain(run.words().term("status", text_at(run.verdict(), "status"))),
                    run.say("verdict-cell", {{"label", run.label()},
                                             {"score", number_at(run.verdict(), "score")},
                                             {"assurance", number_at(run.verdict(), "assurance")}})});
  return table(rows);
}

}  // namespace

Facts overview_facts(const std::vector<Run>& runs, bool korean) {
  return {{"overview", [&runs, korean] { return Fact{overview_table(runs, korean), true}; }}};
}

Facts method_facts(const std::vector<Run>& runs, const std::string& family) {
  return {{"method", [&runs, family] { return Fact{method_text(runs, family), true}; }}};
}

Facts model_facts(const Run& run) {
  const auto block = [&run](std::string (*text)(const Run&)) { return [&run, text] { return Fact{text(run), true}; }; };
  return {{"name",
           [&run] {
             return Fact{run.name(), false};
           }},
          {"question",
           [&run] {
             return Fact{plain(report::question_of(run.report(), run.words().lang())), false};
           }},
          {"verdict", block(verdict_block)},
          {"components", block(components)},
          {"evidence", block(evidence_block)},
          {"references", block(references)},
          {"next", block(next_block)},
          {"terminal", block(terminal)}};
}

}  // namespace pedigree::docs
