// SPDX-License-Identifier: MIT
#include "framework/report/markdown.hpp"
#include "framework/report/forms/forms.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

using markdown::plain;
using markdown::table;

std::string folded(const std::string& title, const std::string& body) {
  return "<details><summary>" + title + "</summary>\n\n" + body + "\n\n</details>\n\n";
}

}  // namespace

std::string to_markdown(const json& report, const std::string& lang) {
  const Language words{report, lang};
  const auto say = [&](const char* key) { return words.say(key); };
  const auto& v = object_at(report, "verdict");
  const int assurance = static_cast<int>(number_at(v, "assurance"));
  std::string out = "# " + plain(text_at(object_at(report, "subject"), "id")) + "\n\n";
  if (const auto question = question_of(report, lang); !question.empty()) out += "> " + plain(question) + "\n\n";
  out += "**" + plain(words.term("label", text_at(v, "label"))) +
         "**: " + plain(words.term("meaning", text_at(v, "label"))) + "\n\n";
  out += table({{say("html.score"), say("html.assurance"), say("html.coverage"), say("html.confidence")},
                {fixed(number_at(v, "score"), 0) + " / 100",
                 std::to_string(assurance) + " / 4: " + plain(words.term("assurance", std::to_string(assurance))),
                 fixed(100 * number_at(v, "coverage"), 0) + "%", fixed(100 * number_at(v, "confidence"), 0) + "%"}}) +
         "\n\n";
  out += "## " + say("html.why") + "\n\n";
  for (const auto& reason : list_at(v, "reasons")) out += "* " + plain(words.sentence(reason)) + "\n";
  out += "\n## " + say("html.components") + "\n\n";
  std::vector<std::vector<std::string>> rows{
      {say("html.component"), say("html.verdict"), say("html.score"), say("html.parents")}};
  for (const auto& c : list_at(report, "components")) {
    const auto& own = object_at(c, "verdict");
    std::string parents;
    for (const auto& p : list_at(own, "parents")) parents += (parents.empty() ? "" : ", ") + plain(text_at(p, "id"));
    rows.push_back({plain(words.term("component", text_at(c, "name"))),
                    plain(words.term("label", text_at(own, "label"))), fixed(number_at(own, "score"), 0), parents});
  }
  out += table(rows) + "\n\n## " + say("html.next") + "\n\n";
  for (const auto& next : list_at(report, "next_evidence")) out += "1. " + plain(words.what(next)) + "\n";
  rows = {{say("html.reference"), say("html.role"), say("html.p_derived"), say("html.relation"), say("html.log10_p")}};
  for (const auto& r : list_at(report, "references"))
    rows.push_back({plain(text_at(r, "id")), plain(words.term("role", text_at(r, "role"))),
                    fixed(number_at(r, "p_derived"), 3), plain(words.term("relation", text_at(r, "relation"))),
                    r.contains("log10_p") && r["log10_p"].is_number() ? fixed(r["log10_p"].get<double>(), 1) : ""});
  out += "\n" + folded(say("html.references") + " (" + std::to_string(rows.size() - 1) + ")", table(rows));
  rows = {{say("html.method"), say("html.finding"), say("html.reference"), say("html.log10_lr"), say("html.support")}};
  for (const auto& e : list_at(report, "evidence"))
    rows.push_back({plain(words.term("family", text_at(e, "family"))), plain(words.summary(e)),
                    plain(text_at(e, "reference")), fixed(number_at(e, "log10_lr"), 2),
                    plain(words.term("support", text_at(e, "support")))});
  return out + folded(say("html.evidence") + " (" + std::to_string(rows.size() - 1) + ")", table(rows));
}

std::string to_newick(const json& report) {
  std::string out;
  for (const auto& e : list_at(report, "evidence"))
    if (const auto tree = text_at(object_at(e, "details"), "newick"); !tree.empty()) out += harmless(tree) + "\n";
  return out;
}

}  // namespace pedigree::report
