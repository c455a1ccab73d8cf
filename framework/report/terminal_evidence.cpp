// SPDX-License-Identifier: MIT
#include "framework/report/terminal_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

constexpr std::size_t kShown = 12;
constexpr int kSentence = 600;
constexpr int kOdds = 6;             ///< columns of "+6.00"
constexpr int kReferenceLeast = 20;  ///< shorter, an id tells nothing

Tone tone_of(const std::string& support) {
  if (support == "contrary") return Tone::bad;
  if (support == "questionable") return Tone::open;
  return support == "strong" ? Tone::good : Tone::faint;
}

std::string signed_number(double value) {
  const std::string text = fixed(value, 2);
  return value >= 0.005 ? "+" + text : text;
}

std::vector<const json*> ordered(const json& evidence, std::size_t wanted) {
  std::vector<const json*> order;
  order.reserve(evidence.size());
  for (const auto& row : evidence) order.push_back(&row);
  const auto rank = [](const json* row) {
    return std::make_tuple(-std::abs(number_at(*row, "log10_lr")), number_at(*row, "log10_p"));
  };
  const auto before = [&](const json* a, const json* b) {
    return std::make_pair(rank(a), a) < std::make_pair(rank(b), b);
  };
  wanted = std::min(wanted, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(wanted), order.end(), before);
  order.resize(wanted);
  return order;
}

class EvidenceSection {
 public:
  EvidenceSection(const Language& language, Page& page) : language_(language), page_(page) {}

  void row(const json& evidence) {
    const std::string support = text_at(evidence, "support");
    std::string facts =
        page_.paint(pad_left(signed_number(number_at(evidence, "log10_lr")), kOdds), Tone::plain) + "  ";
    facts += page_.paint(pad(safe(language_.term("support", support)), support_width()), tone_of(support)) + "  ";
    std::string about = safe(language_.term("family", text_at(evidence, "family")));
    const std::string component = text_at(evidence, "component"), reference = text_at(evidence, "reference");
    const std::string separator = page_.sign(" \xC2\xB7 ", " - ");
    if (component != text_at(evidence, "family")) about += separator + safe(language_.term("component", component));
    const int room = page_.width() - 2 - kOdds - 2 - support_width() - 2;
    const int left = room - display_width(about) - display_width(separator);
    const bool fits = left >= std::min(kReferenceLeast, display_width(safe(reference)));
    if (!reference.empty() && fits) about += separator + clip(safe(reference), left, true);
    page_.put("  " + facts + page_.paint(clip(about, room), Tone::strong));
    const int indent = page_.width() < 70 ? 4 : 10;
    if (!reference.empty() && !fits)
      page_.line(clip(safe(reference), page_.width() - indent, true), Tone::strong, indent);
    const std::string summary = safe(language_.summary(evidence));
    if (!summary.empty()) page_.paragraph("", summary, Tone::plain, indent);
    page_.paragraph("", audit_line(evidence), Tone::faint, indent);
  }

 private:
  int support_width() const {
    int widest = 0;
    for (const char* word : {"strong", "indirect", "conditional", "neutral", "questionable", "contrary"})
      widest = std::max(widest, display_width(language_.term("support", word)));
    return widest;
  }
  /// What an expert checks: the signal, its value, its p-value, the study's criterion.
  std::string audit_line(const json& evidence) const {
    std::string line = text_at(evidence, "signal") + " = " + brief(number_at(evidence, "value"));
    if (const std::string unit = text_at(evidence, "unit"); !unit.empty())
      line += " (" + language_.term("unit", unit) + ")";
    if (evidence.contains("log10_p") && evidence["log10_p"].is_number()) {
      const double log10_p = number_at(evidence, "log10_p");
      line += ", p = " + (log10_p > -3 ? fixed(std::pow(10.0, log10_p), 3) : "10^" + fixed(log10_p, 1));
    }
    const auto& criterion = object_at(evidence, "criteria");
    if (!criterion.empty())
      line += "; " + language_.say("terminal.criterion", {{"text", language_.sentence(criterion)}});
    return safe(line);
  }
  std::string safe(const std::string& text) const { return clip(harmless(text), kSentence); }

  const Language& language_;
  Page& page_;
};

}  // namespace

void write_evidence(const nlohmann::json& report, const Language& language, const TextStyle& style, Page& page) {
  const auto& evidence = list_at(report, "evidence");
  page.heading(language.say("terminal.evidence"), evidence.empty() ? "" : language.say("terminal.evidence-order"));
  if (evidence.empty()) return page.paragraph("", language.say("terminal.evidence-none"), Tone::faint);
  page.paragraph("", language.say("terminal.legend"), Tone::faint);
  const auto order = ordered(evidence, style.verbose ? evidence.size() : kShown);
  EvidenceSection section(language, page);
  for (const auto* row : order) section.row(*row);
  const std::size_t rest = evidence.size() - order.size();
  if (rest > 0)
    page.paragraph("", language.say("terminal.evidence-rest", {{"count", rest}, {"total", evidence.size()}}),
                   Tone::faint);
}

}  // namespace pedigree::report
