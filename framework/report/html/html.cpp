// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "framework/core/digest.hpp"
#include "framework/report/forms/forms.hpp"
#include "framework/report/html/assets.hpp"
#include "framework/report/html/markup.hpp"
#include "framework/report/html/pictures.hpp"
#include "framework/report/html/svg.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {
namespace {

using html::escape;
using nlohmann::json;

constexpr std::size_t kDetailsBudget = std::size_t{2} << 20;  // keeps an ordinary report far below 5 MB
constexpr std::size_t kRowsWithoutScript = 100;

const char* tone(const std::string& label) {
  if (label == "from_scratch" || label == "likely_from_scratch") return "good";
  return label == "derived" || label == "partial_reuse" ? "bad" : "open";
}

std::string percent(double share) { return fixed(100 * share, 0) + "%"; }
std::string heading(const std::string& text, const char* id) {
  return "<h2 id=\"" + std::string{id} + "\">" + escape(text) + "</h2>\n";
}

std::string ladder(int reached) {
  std::string out = "<ol class=\"ladder\" aria-hidden=\"true\">";
  for (int step = 1; step <= 4; ++step) out += step <= reached ? "<li class=\"on\"></li>" : "<li></li>";
  return out + "</ol>";
}

class Writer {
 public:
  Writer(const json& report, const std::string& lang) : report_(report), words_(report, lang) {}

  std::string page() const {
    const std::string style{html::style_sheet()}, script{html::script()};
    const auto hash = [](const std::string& text) { return "'sha256-" + html::base64_of_hex(sha256_hex(text)) + "'"; };
    const auto subject = text_at(object_at(report_, "subject"), "id");
    return "<!DOCTYPE html>\n<html lang=\"" + escape(words_.lang()) +
           "\"><head><meta charset=\"utf-8\">"
           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action "
           "'none'; style-src " +
           hash(style) + "; script-src " + hash(script) + "\"><title>" +
           escape(words_.say("html.title", {{"subject", subject}})) + "</title><style>" + style +
           "</style></head><body><a class=\"skip\" href=\"#evidence-title\">" + escape(words_.say("html.skip")) +
           "</a>\n<main>" + verdict_card(subject) + components() + next() + waterfall() + pictures() + references() +
           evidence() + outcomes() + provenance() + "</main>\n<script>" + script + "</script></body></html>\n";
  }

 private:
  std::string fact(const char* key, const std::string& value, const std::string& more = {}) const {
    return "<div><dt>" + escape(words_.say(key)) + "</dt><dd>" + escape(value) + more + "</dd></div>";
  }

  std::string verdict_card(const std::string& subject) const {
    const auto& v = object_at(report_, "verdict");
    const auto label = text_at(v, "label");
    const int assurance = static_cast<int>(number_at(v, "assurance"));
    std::string out = "<section class=\"card verdict " + std::string{tone(label)} + "\"><h1>" + escape(subject) +
                      "</h1><p class=\"soft\">" + escape(text_at(object_at(report_, "pipeline"), "question")) +
                      "</p><div class=\"label\">" + escape(words_.term("label", label)) + "</div><p>" +
                      escape(words_.term("meaning", label)) + "</p><dl class=\"facts\">";
    out += fact("html.score", fixed(number_at(v, "score"), 0) + " / 100");
    out += fact("html.assurance",
                std::to_string(assurance) + " / 4: " + words_.term("assurance", std::to_string(assurance)),
                ladder(assurance));
    out += fact("html.coverage", percent(number_at(v, "coverage")));
    out += fact("html.confidence", percent(number_at(v, "confidence")));
    out += "</dl><h2>" + escape(words_.say("html.why")) + "</h2><ul>";
    for (const auto& reason : list_at(v, "reasons")) out += "<li>" + escape(words_.sentence(reason)) + "</li>";
    out += "</ul>";
    const auto& sensitivity = object_at(report_, "sensitivity");
    if (!sensitivity.empty())
      out += "<p class=\"soft\">" +
             escape(words_.say("html.sensitivity", {{"low", number_at(sensitivity, "score_min")},
                                                    {"high", number_at(sensitivity, "score_max")}})) +
             "</p>";
    return out + "</section>\n";
  }

  std::string components() const {
    const auto& list = list_at(report_, "components");
    if (list.empty()) return {};
    std::string out = heading(words_.say("html.components"), "components") + "<div class=\"cards\">";
    for (const auto& component : list) {
      const auto& v = object_at(component, "verdict");
      const auto label = text_at(v, "label");
      out += "<section class=\"card verdict " + std::string{tone(label)} + "\"><b>" +
             escape(words_.term("component", text_at(component, "name"))) + "</b><div class=\"label\">" +
             escape(words_.term("label", label)) + "</div><p class=\"soft\">" + escape(words_.say("html.score")) + " " +
             fixed(number_at(v, "score"), 0) + "</p><ul>";
      for (const auto& parent : list_at(v, "parents"))
        out += "<li>" +
               escape(text_at(parent, "id") + " (" + words_.term("relation", text_at(parent, "relation")) +
                      ", P = " + fixed(number_at(parent, "p_derived"), 2) + ")") +
               "</li>";
      out += "</ul></section>";
    }
    return out + "</div>\n";
  }

  std::string next() const {
    const auto& list = list_at(report_, "next_evidence");
    if (list.empty()) return {};
    std::string out = heading(words_.say("html.next"), "next") + "<ol>";
    for (const auto& item : list)
      out += "<li>" + escape(words_.what(item)) + " <span class=\"soft\">(" +
             escape(words_.say("html.could_move", {{"points", number_at(item, "could_move")}})) + ")</span></li>";
    return out + "</ol>\n";
  }

  std::string waterfall() const {
    std::vector<std::pair<std::string, double>> steps;
    std::vector<std::vector<std::string>> rows{
        {words_.say("html.evidence"), words_.say("html.reference"), "log10 odds"}};
    for (const auto& c : list_at(object_at(report_, "verdict"), "contributions")) {
      const auto name = text_at(c, "what") + (text_at(c, "signal").empty() ? "" : ": " + text_at(c, "signal"));
      steps.emplace_back(name, number_at(c, "log10_odds"));
      rows.push_back({name, text_at(c, "reference"), shortest(number_at(c, "log10_odds"))});
      if (steps.size() >= 30) break;
    }
    if (steps.size() < 2) return {};
    return html::figure(words_.say("html.waterfall"), words_.say("html.waterfall_caption"),
                        html::waterfall(words_.say("html.waterfall"), steps), rows, words_.say("html.data"));
  }

  std::string pictures() const {
    const auto drawn = html::pictures(report_, words_);
    return drawn.empty() ? std::string{} : heading(words_.say("html.pictures"), "pictures") + drawn;
  }

  std::string references() const {
    const auto& list = list_at(report_, "references");
    if (list.empty()) return {};
    std::vector<std::vector<std::string>> rows{{words_.say("html.reference"), words_.say("html.role"),
                                                words_.say("html.p_derived"), words_.say("html.relation"),
                                                words_.say("html.log10_p"), words_.say("html.compared"),
                                                words_.say("html.not_compared")}};
    for (const auto& r : list) {
      std::string compared, missing;
      for (const auto& family : list_at(r, "compared"))
        if (family.is_string())
          compared += (compared.empty() ? "" : ", ") + words_.term("family", family.get<std::string>());
      for (const auto& [family, why] : object_at(r, "not_compared").items())
        missing += (missing.empty() ? "" : "; ") + words_.term("family", family) +
                   (why.is_string() ? ": " + why.get<std::string>() : "");
      rows.push_back({text_at(r, "id"), words_.term("role", text_at(r, "role")), fixed(number_at(r, "p_derived"), 3),
                      words_.term("relation", text_at(r, "relation")),
                      r.contains("log10_p") && r["log10_p"].is_number() ? fixed(r["log10_p"].get<double>(), 1) : "",
                      compared, missing});
    }
    std::string out = heading(words_.say("html.references") + " (" + std::to_string(list.size()) + ")", "references") +
                      "<div class=\"scroll\">" + html::table(rows) + "</div>";
    const auto& missing = list_at(report_, "missing_references");
    if (!missing.empty()) {
      out += "<h3>" + escape(words_.say("html.missing")) + "</h3><ul>";
      for (const auto& m : missing) out += "<li>" + escape(m.is_string() ? m.get<std::string>() : m.dump()) + "</li>";
      out += "</ul>";
    }
    return out + "\n";
  }

  /// One row for the script: family, finding, signal, component, reference, value, log10 LR, support, details.
  json row(const json& e, std::size_t& budget) const {
    std::string details = object_at(e, "details").empty()
                              ? std::string{}
                              : e["details"].dump(1, ' ', false, json::error_handler_t::replace);
    if (details.size() > 20'000) details = details.substr(0, 20'000) + " ...";
    if (details.size() > budget) details.clear();
    budget -= details.size();
    const auto safe = [](const std::string& text) {
      return json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace));
    };
    return {safe(words_.term("family", text_at(e, "family"))),
            safe(words_.summary(e)),
            safe(text_at(e, "signal")),
            safe(words_.term("component", text_at(e, "component"))),
            safe(text_at(e, "reference")),
            e.contains("value") && e["value"].is_number() ? shortest(e["value"].get<double>()) : "",
            fixed(number_at(e, "log10_lr"), 2),
            safe(words_.term("support", text_at(e, "support"))),
            safe(details)};
  }

  std::string evidence() const {
    const auto& list = list_at(report_, "evidence");
    std::size_t budget = kDetailsBudget;
    json rows = json::array();
    for (const auto& e : list) rows.push_back(row(e, budget));
    std::string out = heading(words_.say("html.evidence"), "evidence-title") + "<p><label for=\"evidence-filter\">" +
                      escape(words_.say("html.filter")) +
                      "</label><br><input id=\"evidence-filter\" type=\"search\"></p><div class=\"scroll\"><table "
                      "id=\"evidence\"><thead><tr>";
    for (const char* key : {"html.method", "html.finding", "html.component", "html.reference", "html.value",
                            "html.log10_lr", "html.support"})
      out += "<th scope=\"col\"><button type=\"button\">" + escape(words_.say(key)) + "</button></th>";
    out += "</tr></thead><tbody>";
    for (std::size_t i = 0; i < std::min(rows.size(), kRowsWithoutScript); ++i) {
      out += "<tr>";
      for (const std::size_t column : {0, 1, 3, 4, 5, 6, 7})
        out += "<td>" + escape(rows[i][column].get<std::string>()) + "</td>";
      out += "</tr>";
    }
    out += "</tbody></table></div><div class=\"pager\"><button type=\"button\" id=\"evidence-back\">" +
           escape(words_.say("html.previous")) +
           "</button><span id=\"evidence-count\" role=\"status\"></span><button type=\"button\" id=\"evidence-on\">" +
           escape(words_.say("html.following")) + "</button></div>\n";
    json data{{"rows", std::move(rows)}, {"words", {{"rows", row_count_template()}}}};
    return out + "<script type=\"application/json\" id=\"evidence-data\">" + in_script(data) + "</script>\n";
  }

  std::string row_count_template() const {
    return words_.say("html.rows", {{"shown", "{shown}"}, {"total", "{total}"}});
  }

  /// JSON that cannot end the script element or start a comment, whatever it holds.
  static std::string in_script(const json& data) {
    std::string out;
    for (const char c : data.dump(-1, ' ', true, json::error_handler_t::replace)) {
      if (c == '<')
        out += "\\u003c";
      else if (c == '>')
        out += "\\u003e";
      else if (c == '&')
        out += "\\u0026";
      else
        out += c;
    }
    return out;
  }

  std::string outcomes() const {
    std::vector<std::vector<std::string>> rows{{words_.say("html.analyzer"), words_.say("html.reference"),
                                                words_.say("html.outcome"), words_.say("html.message")}};
    for (const auto& o : list_at(report_, "outcomes"))
      rows.push_back({text_at(o, "analyzer"), text_at(o, "reference"), words_.term("outcome", text_at(o, "outcome")),
                      text_at(o, "message")});
    return rows.size() < 2 ? std::string{}
                           : heading(words_.say("html.outcomes"), "outcomes") + "<div class=\"scroll\">" +
                                 html::table(rows) + "</div>\n";
  }

  std::string provenance() const {
    const auto& p = object_at(report_, "provenance");
    const auto& subject = object_at(report_, "subject");
    std::vector<std::vector<std::string>> rows{{"", ""}};
    for (const char* key : {"pedigree", "profile"}) rows.push_back({key, text_at(p, key)});
    for (const char* key : {"revision", "digest", "resolved_from"}) rows.push_back({key, text_at(subject, key)});
    for (const auto& plugin : list_at(p, "plugins"))
      rows.push_back({text_at(plugin, "id") + " " + text_at(plugin, "version"), text_at(plugin, "sha256")});
    for (const auto& input : list_at(p, "inputs")) rows.push_back({text_at(input, "path"), text_at(input, "sha256")});
    return heading(words_.say("html.provenance"), "provenance") + "<div class=\"scroll\">" + html::table(rows) +
           "</div>\n";
  }

  const json& report_;
  Language words_;
};

}  // namespace

std::string to_html(const json& report, const std::string& lang) { return Writer{report, lang}.page(); }

}  // namespace pedigree::report
