// SPDX-License-Identifier: MIT
#include "framework/report/terminal_outlook.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "framework/report/text.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

constexpr std::size_t kNextShown = 5;
constexpr int kSentence = 600;

std::string safe(const std::string& text) { return clip(harmless(text), kSentence); }

/// What kept one family from speaking, over all suspects.
struct Gap {
  int compared = 0, suspects = 0;
  std::map<std::string, int> reasons;
  std::string most_frequent() const {
    const auto most = std::max_element(reasons.begin(), reasons.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == reasons.end() ? "" : most->first;
  }
};

Gap gap_of(const json& report, const std::string& family) {
  Gap gap;
  for (const auto& reference : list_at(report, "references")) {
    if (text_at(reference, "role") != "suspect") continue;
    ++gap.suspects;
    const auto& compared = list_at(reference, "compared");
    const std::string reason = text_at(object_at(reference, "not_compared"), family.c_str());
    if (std::find(compared.begin(), compared.end(), family) != compared.end())
      ++gap.compared;
    else if (!reason.empty())
      ++gap.reasons[reason];
  }
  if (!gap.reasons.empty()) return gap;
  for (const auto& outcome : list_at(report, "outcomes")) {
    const std::string message = text_at(outcome, "message");
    if (text_at(outcome, "family") == family && text_at(outcome, "outcome") != "ok" && !message.empty())
      ++gap.reasons[message];
  }
  return gap;
}

bool spoke(const json& report, const std::string& family) {
  const auto& evidence = list_at(report, "evidence");
  return std::any_of(evidence.begin(), evidence.end(),
                     [&](const json& row) { return text_at(row, "family") == family; });
}

/// One list of what is missing.
class Missing {
 public:
  Missing(const Language& language, Page& page) : language_(language), page_(page) {}

  void item(const char* key, const json& params, const std::string& reason) {
    std::string text = language_.say(key, params);
    if (!reason.empty())
      text = language_.say("terminal.because", {{"text", text}, {"reason", language_.reason(reason)}});
    page_.paragraph(page_.sign("\xE2\x80\xA2 ", "* "), safe(text));
    empty_ = false;
  }
  bool empty() const { return empty_; }

 private:
  const Language& language_;
  Page& page_;
  bool empty_ = true;
};

}  // namespace

void write_missing(const nlohmann::json& report, const Language& language, Page& page) {
  page.heading(safe(language.say("terminal.missing")));
  Missing missing(language, page);
  for (const char* family : {"weight", "training_log", "tokenizer", "behavior", "architecture"}) {
    const Gap gap = gap_of(report, family);
    const json params{{"family", family}, {"compared", gap.compared}, {"references", gap.suspects}};
    const bool in_pairs = std::string(family) != "training_log" && gap.suspects > 0;
    if (!spoke(report, family))
      missing.item("terminal.missing-family", params, gap.most_frequent());
    else if (in_pairs && gap.compared < gap.suspects)
      missing.item("terminal.missing-part", params, gap.most_frequent());
  }
  static const std::set<std::string> kQuiet{"ok", "not-applicable"};
  for (const auto& outcome : list_at(report, "outcomes")) {
    const std::string ending = text_at(outcome, "outcome");
    if (kQuiet.count(ending) == 1) continue;
    missing.item("terminal.failed", {{"analyzer", text_at(outcome, "analyzer")}, {"outcome", ending}},
                 text_at(outcome, "message"));
  }
  for (const auto& name : list_at(report, "missing_references"))
    if (name.is_string())
      missing.item("terminal.missing-reference", {{"what", language.reason(name.get<std::string>())}}, "");
  if (missing.empty()) page.paragraph("", safe(language.say("terminal.nothing-missing")), Tone::faint);
}

namespace {

void write_next(const json& next, const Language& language, std::size_t shown, Page& page) {
  const auto points_of = [&](const json& row) {
    const double points = number_at(row, "could_move");
    return safe(points < 0.5 ? language.say("terminal.less-than-a-point")
                             : language.say("terminal.could-move", {{"points", points}}));
  };
  int widest = 0;
  for (std::size_t i = 0; i < shown; ++i) widest = std::max(widest, display_width(points_of(next[i])));
  for (std::size_t i = 0; i < shown; ++i)
    page.paragraph(page.paint(pad(points_of(next[i]), widest), Tone::faint) + "  ", safe(language.what(next[i])));
  if (shown < next.size())
    page.paragraph("", safe(language.say("terminal.more", {{"count", next.size() - shown}})), Tone::faint);
}

void write_sensitivity(const json& sensitivity, const std::string& own_label, const Language& language, Page& page) {
  std::string labels;
  for (const auto& label : list_at(sensitivity, "labels"))
    if (label.is_string() && label != own_label)
      labels += (labels.empty() ? "" : ", ") + language.term("label", label.get<std::string>());
  const double low = number_at(sensitivity, "score_min"), high = number_at(sensitivity, "score_max");
  const char* key = !flag_at(sensitivity, "label_holds") ? "terminal.sensitivity-moves"
                    : low == high                        ? "terminal.sensitivity-fixed"
                                                         : "terminal.sensitivity-holds";
  page.paragraph("", safe(language.say(key, {{"low", low}, {"high", high}, {"labels", labels}})), Tone::faint);
}

}  // namespace

void write_change(const nlohmann::json& report, const Language& language, const TextStyle& style, Page& page) {
  const auto& next = list_at(report, "next_evidence");
  const auto& sensitivity = object_at(report, "sensitivity");
  if (next.empty() && sensitivity.empty()) return;
  page.heading(safe(language.say("terminal.change")));
  write_next(next, language, style.verbose ? next.size() : std::min(next.size(), kNextShown), page);
  if (!sensitivity.empty())
    write_sensitivity(sensitivity, text_at(object_at(report, "verdict"), "label"), language, page);
}

}  // namespace pedigree::report
