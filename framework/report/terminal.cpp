// SPDX-License-Identifier: MIT
// The terminal report: verdict first, then why, then the tables, then what is missing.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "framework/report/messages.hpp"
#include "framework/report/page.hpp"
#include "framework/report/terminal_evidence.hpp"
#include "framework/report/terminal_outlook.hpp"
#include "framework/report/text.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

constexpr std::size_t kReferencesShown = 10;
constexpr std::size_t kNextShown = 5;
constexpr std::size_t kParentsShown = 3;
constexpr int kSentence = 600;  ///< columns; what is longer came from somewhere strange

struct LabelLook {
  const char *unicode, *ascii;
  Tone tone;
};

LabelLook look_of(const std::string& label) {
  static const std::map<std::string, LabelLook> kLooks{{"from_scratch", {"\xE2\x9C\x94", "[+]", Tone::good}},
                                                       {"likely_from_scratch", {"\xE2\x9C\x93", "[+]", Tone::good}},
                                                       {"inconclusive", {"?", "[?]", Tone::open}},
                                                       {"shared_initialization", {"\xE2\x89\x88", "[~]", Tone::open}},
                                                       {"partial_reuse", {"\xE2\x97\x90", "[/]", Tone::bad}},
                                                       {"derived", {"\xE2\x9C\x96", "[x]", Tone::bad}}};
  const auto found = kLooks.find(label);
  return found == kLooks.end() ? LabelLook{"?", "[?]", Tone::open} : found->second;
}

std::string upper_ascii(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

/// "10^-812", or the plain probability when it is not small.
std::string probability_text(const json& log10_p) {
  if (!log10_p.is_number()) return "";
  const double value = log10_p.get<double>();
  return value > -3 ? fixed(std::pow(10.0, value), 3) : "10^" + fixed(value, 0);
}

/// A share of 0..1 that never claims certainty.
std::string share_text(double share) {
  if (share > 0.999) return ">0.999";
  if (share < 0.001) return "<0.001";
  return fixed(share, share < 0.0995 ? 3 : 2);
}

class Terminal {
 public:
  Terminal(const json& report, const TextStyle& style, const std::string& lang)
      : report_(report), style_(style), page_(style), language_(report, lang), verdict_(object_at(report, "verdict")) {}

  std::string write() {
    title();
    verdict();
    why();
    components();
    references();
    write_evidence(report_, language_, style_, page_);
    write_missing(report_, language_, page_);
    write_change(report_, language_, style_, page_);
    provenance();
    return page_.take();
  }

 private:
  std::string safe(const std::string& text) const { return clip(harmless(text), kSentence); }
  std::string say(const char* key, const json& params = json::object()) const {
    return safe(language_.say(key, params));
  }
  std::string term(const char* kind, const std::string& value) const { return safe(language_.term(kind, value)); }

  void title() {
    page_.line(safe(text_at(object_at(report_, "subject"), "id")), Tone::strong);
    const std::string question = safe(question_of(report_, language_.lang()));
    if (!question.empty()) page_.paragraph("", question, Tone::faint, 0);
    if (text_at(object_at(report_, "subject"), "resolved_from") == "catalog")
      page_.paragraph("", say("terminal.from-catalog"), Tone::faint, 0);
    page_.blank();
  }

  void verdict() {
    const std::string label = text_at(verdict_, "label");
    const auto look = look_of(label);
    const std::string name =
        page_.sign(look.unicode, look.ascii) + std::string(" ") + upper_ascii(term("label", label));
    const std::string assurance = fixed(number_at(verdict_, "assurance"), 0);
    std::string facts = term("assurance", assurance) + separator() + term("status", text_at(verdict_, "status"));
    if (weighed()) facts.insert(0, say("terminal.score", {{"score", number_at(verdict_, "score")}}) + separator());
    const bool fits = display_width(name) + display_width(facts) + 6 <= page_.width();
    page_.put("  " + page_.paint(name, look.tone) + (fits ? "   " + facts : ""));
    if (!fits) page_.paragraph("", facts, Tone::plain, 4);
    page_.paragraph("", term("meaning", label), Tone::plain, 2);
    page_.blank();
    gauges();
  }

  std::string separator() const { return page_.sign(" \xC2\xB7 ", " - "); }
  /// False when the score is the prior and nothing else.
  bool weighed() const { return number_at(verdict_, "assurance") > 0; }

  void gauges() {
    const double score = number_at(verdict_, "score"), coverage = number_at(verdict_, "coverage");
    const int assurance = std::clamp(static_cast<int>(number_at(verdict_, "assurance")), 0, 4);
    const json score_params{{"score", score}, {"p", share_text(number_at(verdict_, "p_derived"))}};
    gauge("terminal.score-row", weighed() ? page_.bar(score / 100, 20) : "",
          weighed() ? say("terminal.score-note", score_params) : say("terminal.score-none"));
    gauge("terminal.assurance-row", page_.ladder(assurance, 4),
          say("terminal.assurance-note",
              {{"assurance", assurance}, {"meaning", language_.term("assurance", std::to_string(assurance))}}));
    gauge("terminal.coverage-row", page_.bar(coverage, 20), say("terminal.coverage-note", {{"coverage", coverage}}));
    const double confidence = number_at(verdict_, "confidence");
    gauge("terminal.confidence-row", "", confidence > 0 ? share_text(confidence) : say("terminal.confidence-none"));
    power();
    parents();
  }

  void gauge(const char* key, const std::string& picture, const std::string& note) {
    int widest = 0;
    for (const char* row : {"terminal.score-row", "terminal.assurance-row", "terminal.coverage-row",
                            "terminal.confidence-row", "terminal.power-row", "terminal.parents-row"})
      widest = std::max(widest, display_width(say(row)));
    const bool narrow = page_.width() < 70;  // pictures give way to words
    const std::string shown = picture.empty() || narrow ? "" : pad(picture, 21) + " ";
    page_.paragraph(page_.paint(pad(say(key), widest), Tone::faint) + "  " + shown, note, Tone::plain, 2);
  }

  void power() {
    const auto& power = object_at(verdict_, "power");
    if (power.empty()) return;
    const auto& stated = object_at(power, "stated");
    json params{{"compared", number_at(power, "compared")}, {"references", number_at(power, "references")}};
    if (stated.contains("row_correlation") && stated.contains("inherited_share")) {
      params.update(stated);
      return gauge("terminal.power-row", "", say("terminal.power", params));
    }
    params["stated"] = power.value("stated", json());
    gauge("terminal.power-row", "", say("terminal.power-stated", params));
  }

  std::string parents_text(const json& verdict) const {
    const auto& parents = list_at(verdict, "parents");
    std::string text;
    for (std::size_t i = 0; i < std::min(parents.size(), kParentsShown); ++i)
      text += (i > 0 ? ", " : "") + say("terminal.parent", {{"component", text_at(parents[i], "component")},
                                                            {"id", text_at(parents[i], "id")},
                                                            {"relation", text_at(parents[i], "relation")}});
    if (parents.size() > kParentsShown)
      text += ", " + say("terminal.more", {{"count", parents.size() - kParentsShown}});
    return text;
  }

  void parents() {
    const std::string text = parents_text(verdict_);
    if (!text.empty()) gauge("terminal.parents-row", "", text);
  }

  void why() {
    const auto& reasons = list_at(verdict_, "reasons");
    if (reasons.empty()) return;
    page_.heading(say("terminal.why"));
    const std::size_t shown = style_.verbose ? reasons.size() : std::min<std::size_t>(reasons.size(), 8);
    for (std::size_t i = 0; i < shown; ++i)
      page_.paragraph(page_.sign("\xE2\x80\xA2 ", "* "), safe(language_.sentence(reasons[i])));
    if (shown < reasons.size())
      page_.paragraph("  ", say("terminal.more", {{"count", reasons.size() - shown}}), Tone::faint);
  }

  void components() {
    const auto& components = list_at(report_, "components");
    if (components.empty()) return;
    page_.heading(say("terminal.components"));
    std::vector<std::vector<Cell>> rows;
    for (const auto& component : components) {
      const auto& verdict = object_at(component, "verdict");
      const std::string label = text_at(verdict, "label");
      const auto& parents = list_at(verdict, "parents");
      // A tokenizer taken over is common practice; it is not shown as if the model were accused.
      const bool reused = label == "derived" && text_at(component, "name") == "tokenizer";
      const auto look = look_of(reused ? "shared_initialization" : label);
      const std::string said = reused ? term("relation", "tokenizer_reuse") : term("label", label);
      std::string from = parents.empty() ? "" : safe(text_at(parents[0], "id"));
      const std::string how = parents.empty() ? "" : term("relation", text_at(parents[0], "relation"));
      if (parents.size() > 1) from += ", " + say("terminal.more", {{"count", parents.size() - 1}});
      const bool looked = number_at(verdict, "assurance") > 0;
      rows.push_back({{term("component", text_at(component, "name")), Tone::plain},
                      {page_.sign(look.unicode, look.ascii) + std::string(" ") + said, look.tone},
                      {looked ? fixed(number_at(verdict, "score"), 0) : "-", Tone::plain},
                      {fixed(number_at(verdict, "assurance"), 0) + "/4", Tone::plain},
                      {std::move(from), Tone::plain},
                      {how, Tone::faint}});
    }
    page_.table({{say("terminal.column-component"), 10, false, false, 0},
                 {say("terminal.column-verdict"), 12, false, false, 0},
                 {say("terminal.column-score"), 4, true, false, 0},
                 {say("terminal.column-assurance"), 4, true, false, 70},
                 {say("terminal.column-parents"), 12, false, true, 0},
                 {say("terminal.column-how"), 8, false, false, 90}},
                rows);
  }

  /// Most telling first: what looks like a parent, then what was compared, then the rest.
  std::vector<const json*> ordered_references() const {
    std::vector<const json*> order;
    for (const auto& reference : list_at(report_, "references")) order.push_back(&reference);
    std::stable_sort(order.begin(), order.end(), [](const json* a, const json* b) {
      const auto rank = [](const json* reference) {
        return std::make_tuple(-number_at(*reference, "p_derived"), number_at(*reference, "log10_p"),
                               -static_cast<double>(list_at(*reference, "compared").size()));
      };
      return rank(a) < rank(b);
    });
    return order;
  }

  void references() {
    const auto order = ordered_references();
    if (order.empty()) return;
    std::map<std::string, int> roles;
    for (const auto* reference : order) ++roles[text_at(*reference, "role")];
    page_.heading(say("terminal.references"), say("terminal.references-count", {{"suspects", roles["suspect"]},
                                                                                {"controls", roles["control"]},
                                                                                {"ancestors", roles["ancestor"]}}));
    const std::size_t shown = style_.verbose ? order.size() : std::min(order.size(), kReferencesShown);
    std::vector<std::vector<Cell>> rows;
    for (std::size_t i = 0; i < shown; ++i) rows.push_back(reference_row(*order[i]));
    page_.table({{say("terminal.column-reference"), 28, false, true, 0},
                 {say("terminal.column-role"), 7, false, false, 76},
                 {say("terminal.column-probability"), 8, true, false, 0},
                 {"p", 5, true, false, 90},
                 {say("terminal.column-found"), 10, false, false, 0},
                 {say("terminal.column-compared"), 12, false, false, 66}},
                rows);
    if (shown == order.size()) return;
    int compared = 0;
    for (std::size_t i = shown; i < order.size(); ++i) compared += list_at(*order[i], "compared").empty() ? 0 : 1;
    const int rest = static_cast<int>(order.size() - shown);
    page_.paragraph(
        "",
        say("terminal.references-rest", {{"count", rest}, {"compared", compared}, {"not_compared", rest - compared}}),
        Tone::faint, 2);
  }

  std::vector<Cell> reference_row(const json& reference) const {
    std::string compared;
    for (const auto& family : list_at(reference, "compared"))
      if (family.is_string()) compared += (compared.empty() ? "" : ", ") + term("family", family.get<std::string>());
    const std::string role = text_at(reference, "role"), relation = text_at(reference, "relation");
    const double p = number_at(reference, "p_derived");
    static const std::set<std::string> kDescent{"identical", "derived", "partial"};
    const Tone tone = kDescent.count(relation) == 1                      ? Tone::bad
                      : relation == "none" || relation == "not_compared" ? Tone::faint
                                                                         : Tone::open;
    return {{safe(text_at(reference, "id")), Tone::plain},
            {term("role", role), Tone::faint},
            {role == "suspect" ? share_text(p) : "-", Tone::plain},
            {reference.contains("log10_p") ? probability_text(reference["log10_p"]) : "", Tone::plain},
            {term("relation", relation), tone},
            {compared.empty() ? "-" : compared, Tone::plain}};
  }

  void provenance() {
    const auto& made = object_at(report_, "provenance");
    page_.blank();
    page_.paragraph("",
                    say("terminal.provenance", {{"version", text_at(made, "pedigree")},
                                                {"profile", text_at(made, "profile")},
                                                {"plugins", list_at(made, "plugins").size()},
                                                {"inputs", list_at(made, "inputs").size()}}),
                    Tone::faint, 0);
  }

  const json& report_;
  const TextStyle& style_;
  Page page_;
  Language language_;
  const json& verdict_;
};

}  // namespace

std::string to_terminal(const nlohmann::json& report, const TextStyle& style) {
  // Korean cannot be written in ASCII; a terminal without Unicode gets English.
  return Terminal(report, style, style.unicode ? style.lang : "en").write();
}

}  // namespace pedigree::report
