// SPDX-License-Identifier: MIT
// What a reader needs first: the verdict, what it rests on, its components, and what would change it.
#include <algorithm>

#include "framework/report/html/markup.hpp"
#include "framework/report/html/sections.hpp"
#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;

const char* tone(const std::string& label) {
  if (label == "from_scratch" || label == "likely_from_scratch") return "good";
  return label == "derived" || label == "partial_reuse" ? "bad" : "open";
}

std::string percent(double share) { return fixed(100 * share, 0) + "%"; }

/// A bar for a share; the number beside it says the same.
std::string bar(double share) {
  return "<svg viewBox=\"0 0 100 6\" aria-hidden=\"true\"><rect width=\"100\" height=\"6\" rx=\"2\" class=\"knot\"/>"
         "<rect width=\"" +
         at(100 * std::clamp(share, 0.0, 1.0)) + "\" height=\"6\" rx=\"2\" class=\"fill a\"/></svg>";
}

std::string fact(const std::string& name, const std::string& value, const std::string& more = {}) {
  return "<div><dt>" + escape(name) + "</dt><dd>" + escape(value) + more + "</dd></div>";
}

std::string ladder(const Language& words, int reached) {
  std::string out = "<p class=\"soft\" id=\"assurance\">" + escape(words.say("html.assurance")) + ": " +
                    std::to_string(reached) + " / 4</p><ol class=\"rungs\" aria-labelledby=\"assurance\">";
  for (int step = 1; step <= 4; ++step)
    out += std::string{"<li"} + (step <= reached ? " class=\"on\">" : ">") + std::to_string(step) + ". " +
           escape(words.term("assurance", std::to_string(step))) + "<span class=\"hidden\"> (" +
           escape(words.say(step <= reached ? "html.reached" : "html.not_reached")) + ")</span></li>";
  return out + "</ol>";
}

std::string parents(const json& verdict, const Language& words, const char* line) {
  std::string out;
  for (const auto& parent : list_at(verdict, "parents"))
    out += "<li>" +
           escape(words.say(line, {{"parent", text_at(parent, "id")},
                                   {"component", text_at(parent, "component")},
                                   {"relation", words.term("relation", text_at(parent, "relation"))},
                                   {"p", number_at(parent, "p_derived")}})) +
           "</li>";
  return out.empty() ? out : "<ul>" + out + "</ul>";
}

std::string declared(const json& report, const Language& words) {
  std::string out;
  for (const auto& reuse : list_at(object_at(report, "claim"), "declared"))
    out += "<li>" +
           escape(words.term("component", text_at(reuse, "component")) + ": " + text_at(reuse, "parent") + " (" +
                  text_at(reuse, "source") + ")") +
           "</li>";
  return out.empty() ? out : "<h2>" + escape(words.say("html.declared")) + "</h2><ul>" + out + "</ul>";
}

}  // namespace

std::string verdict_card(const json& report, const Language& words) {
  const auto& v = object_at(report, "verdict");
  const auto label = text_at(v, "label"), question = question_of(report, words.lang());
  std::string out = "<section class=\"card verdict " + std::string{tone(label)} + "\" aria-labelledby=\"subject\">" +
                    "<h1 id=\"subject\">" + escape(text_at(object_at(report, "subject"), "id")) + "</h1>";
  if (!question.empty()) out += "<p class=\"soft\">" + escape(question) + "</p>";
  out += "<div class=\"label\">" + escape(words.term("label", label)) + "</div><p>" +
         escape(words.term("meaning", label)) + "</p><dl class=\"facts\">";
  const double score = number_at(v, "score"), coverage = number_at(v, "coverage"),
               confidence = number_at(v, "confidence");
  out += fact(words.say("html.score"), fixed(score, 0) + " / 100", bar(score / 100));
  out += fact(words.say("html.coverage"), percent(coverage), bar(coverage));
  out += fact(words.say("html.confidence"), percent(confidence), bar(confidence));
  out += fact(words.say("html.status"), words.term("status", text_at(v, "status")));
  out += fact(words.say("html.references"), std::to_string(list_at(report, "references").size()));
  out += "</dl>" + ladder(words, std::clamp(static_cast<int>(number_at(v, "assurance")), 0, 4));
  if (const auto found = parents(v, words, "html.parent_line"); !found.empty())
    out += "<h2>" + escape(words.say("html.parents")) + "</h2>" + found;
  out += "<h2>" + escape(words.say("html.why")) + "</h2><ul>";
  for (const auto& reason : list_at(v, "reasons")) out += "<li>" + escape(words.sentence(reason)) + "</li>";
  out += "</ul>" + declared(report, words);
  if (const auto& sensitivity = object_at(report, "sensitivity"); !sensitivity.empty()) {
    const double low = number_at(sensitivity, "score_min"), high = number_at(sensitivity, "score_max");
    out +=
        "<p class=\"soft\">" +
        escape(words.say(low == high ? "html.sensitivity_same" : "html.sensitivity", {{"low", low}, {"high", high}})) +
        "</p>";
  }
  return out + "</section>\n";
}

std::string component_cards(const json& report, const Language& words) {
  const auto& list = list_at(report, "components");
  if (list.empty()) return {};
  std::string out = heading(words.say("html.components"), "components") + "<div class=\"cards\">";
  for (const auto& component : list) {
    const auto& v = object_at(component, "verdict");
    const auto label = text_at(v, "label");
    out += "<section class=\"card verdict " + std::string{tone(label)} + "\"><h3>" +
           escape(words.term("component", text_at(component, "name"))) + "</h3><div class=\"label\">" +
           escape(words.term("label", label)) + "</div><p class=\"soft\">" +
           escape(words.say("html.component_line", {{"score", number_at(v, "score")},
                                                    {"assurance", number_at(v, "assurance")},
                                                    {"coverage", number_at(v, "coverage")}})) +
           "</p>" + parents(v, words, "html.parent_short") + "</section>";
  }
  return out + "</div>\n";
}

std::string next_evidence(const json& report, const Language& words) {
  const auto& list = list_at(report, "next_evidence");
  if (list.empty()) return {};
  std::string out = heading(words.say("html.next"), "next") + "<ol>";
  for (const auto& item : list)
    out += "<li>" + escape(words.what(item)) + " <span class=\"soft\">(" +
           escape(words.say("html.could_move", {{"points", number_at(item, "could_move")}})) + ")</span></li>";
  return out + "</ol>\n";
}

}  // namespace pedigree::report::html
