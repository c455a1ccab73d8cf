// SPDX-License-Identifier: MIT
// References, evidence, runs of the analyzers, and where everything came from.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "framework/report/html/markup.hpp"
#include "framework/report/html/paged_table.hpp"
#include "framework/report/html/sections.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;

constexpr std::size_t kDetailsBudget = std::size_t{2} << 20;  // keeps an ordinary page far below 5 MB
constexpr std::size_t kLongestDetails = 20'000;
constexpr std::size_t kMostGroups = 300, kMostInputs = 3000;

PagedWords words_of(const Language& words, const char* caption) {
  return {words.say(caption),
          words.say("html.filter"),
          words.say("html.all"),
          words.say("html.rows", {{"shown", "{shown}"}, {"total", "{total}"}}),
          words.say("html.page", {{"page", "{page}"}, {"pages", "{pages}"}}),
          words.say("html.previous"),
          words.say("html.following")};
}

std::optional<double> optional_at(const json& object, const char* key) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? std::optional{found->get<double>()} : std::nullopt;
}

/// Terms of one kind by value, looked up once: a hundred thousand rows use a handful.
class Terms {
 public:
  Terms(const Language& words, const char* kind) : words_(words), kind_(kind) {}
  const std::string& operator()(const std::string& value) {
    const auto found = known_.find(value);
    return found != known_.end() ? found->second : known_.emplace(value, words_.term(kind_, value)).first->second;
  }

 private:
  const Language& words_;
  const char* kind_;
  std::unordered_map<std::string, std::string> known_;
};

/// What moves the odds most comes first, either way; the rest keeps its order.
std::vector<std::size_t> strongest_first(const json& list) {
  std::vector<std::pair<double, std::size_t>> order;  // minus the strength, place
  order.reserve(list.size());
  for (const auto& e : list) order.emplace_back(-std::abs(number_at(e, "log10_lr")), order.size());
  std::sort(order.begin(), order.end());
  std::vector<std::size_t> places;
  places.reserve(order.size());
  for (const auto& [strength, place] : order) places.push_back(place);
  return places;
}

/// The members of a piece of evidence that the table shows. One walk beside the map's own order finds them all: with a
/// hundred thousand pieces, looking each up is what takes the time.
struct Members {
  enum Name {
    analyzer,
    component,
    criteria,
    details,
    family,
    log10_lr,
    log10_p,
    reference,
    relation,
    signal,
    support,
    unit,
    value,
    count
  };
  explicit Members(const json& e) {
    static constexpr std::array<std::string_view, count> kNames{
        "analyzer",  "component", "criteria", "details", "family", "log10_lr", "log10_p",
        "reference", "relation",  "signal",   "support", "unit",   "value"};  // sorted, as the map is
    if (!e.is_object()) return;
    std::size_t wanted = 0;
    for (auto member = e.begin(); member != e.end() && wanted < count; ++member) {
      const std::string_view key = member.key();
      while (wanted < count && kNames[wanted] < key) ++wanted;
      if (wanted < count && kNames[wanted] == key) at[wanted] = &*member;
    }
  }
  const std::string& text(Name name) const {
    static const std::string kNone;
    return at[name] != nullptr && at[name]->is_string() ? at[name]->get_ref<const std::string&>() : kNone;
  }
  std::optional<double> number(Name name) const {
    return at[name] != nullptr && at[name]->is_number() ? std::optional{at[name]->get<double>()} : std::nullopt;
  }
  const json* object(Name name) const {
    return at[name] != nullptr && at[name]->is_object() && !at[name]->empty() ? at[name] : nullptr;
  }
  std::array<const json*, count> at{};
};

std::string details_of(const json* found, std::size_t& budget) {
  if (found == nullptr || budget == 0) return {};
  const auto& details = *found;
  auto text = details.dump(1, ' ', false, json::error_handler_t::replace);
  if (text.size() > kLongestDetails) {
    text.resize(kLongestDetails);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0u) == 0x80u) text.pop_back();
    text += "\n\u2026";
  }
  if (text.size() > budget) {
    budget = 0;
    return {};
  }
  budget -= text.size();
  return text;
}

}  // namespace

namespace {

std::string why_not(const std::string& family, const json& why, const Language& words) {
  return words.term("family", family) + (why.is_string() ? ": " + words.reason(why.get<std::string>()) : "");
}

/// What was compared with no reference at all, for one reason: said once, not in every row.
std::map<std::string, json> nowhere_compared(const std::vector<const json*>& references) {
  std::map<std::string, json> same;
  if (references.size() < 2) return same;
  for (const auto& [family, why] : object_at(*references.front(), "not_compared").items()) same.emplace(family, why);
  for (const json* r : references) {
    const auto& own = object_at(*r, "not_compared");
    std::erase_if(same,
                  [&](const auto& entry) { return !own.contains(entry.first) || own.at(entry.first) != entry.second; });
  }
  return same;
}

}  // namespace

std::string references(const json& report, const Language& words) {
  std::vector<const json*> order;
  for (const auto& r : list_at(report, "references")) order.push_back(&r);
  if (order.empty()) return {};
  std::stable_sort(order.begin(), order.end(), [](const json* a, const json* b) {
    return number_at(*a, "p_derived") > number_at(*b, "p_derived");
  });
  const auto nowhere = nowhere_compared(order);
  // A column without a single entry is left out.
  const bool tested = std::any_of(order.begin(), order.end(), [](const json* r) { return optional_at(*r, "log10_p"); });
  const bool gaps = std::any_of(order.begin(), order.end(),
                                [&](const json* r) { return object_at(*r, "not_compared").size() > nowhere.size(); });
  std::vector<PagedColumn> columns{{.label = words.say("html.reference"), .searched = true},
                                   {.label = words.say("html.role"), .searched = true, .choice = true},
                                   {.label = words.say("html.p_derived"), .number = true, .digits = 3},
                                   {.label = words.say("html.relation"), .searched = true, .choice = true}};
  if (tested) columns.push_back({.label = words.say("html.log10_p"), .number = true, .digits = 1});
  columns.push_back({.label = words.say("html.compared"), .searched = true});
  if (gaps) columns.push_back({.label = words.say("html.not_compared"), .searched = true});
  PagedTable table{"references", std::move(columns)};
  for (const json* r : order) {
    std::string compared, missing;
    for (const auto& family : list_at(*r, "compared"))
      if (family.is_string())
        compared += (compared.empty() ? "" : ", ") + words.term("family", family.get<std::string>());
    for (const auto& [family, why] : object_at(*r, "not_compared").items())
      if (nowhere.count(family) == 0) missing += (missing.empty() ? "" : "; ") + why_not(family, why, words);
    table.text(text_at(*r, "id"))
        .text(words.term("role", text_at(*r, "role")))
        .number(number_at(*r, "p_derived"))
        .text(words.term("relation", text_at(*r, "relation")));
    if (tested) table.number(optional_at(*r, "log10_p"));
    table.text(compared);
    if (gaps) table.text(missing);
  }
  std::string out = heading(words.say("html.references") + " (" + std::to_string(order.size()) + ")", "references"),
              reasons;
  for (const auto& [family, why] : nowhere) reasons += (reasons.empty() ? "" : "; ") + why_not(family, why, words);
  if (!reasons.empty())
    out += "<p class=\"soft\">" + escape(words.say("html.everywhere", {{"reasons", reasons}})) + "</p>";
  out += table.html(words_of(words, "html.references"));
  if (const auto& missing = list_at(report, "missing_references"); !missing.empty()) {
    out += "<h3>" + escape(words.say("html.missing")) + "</h3><ul>";
    for (const auto& m : missing)
      out += "<li>" +
             escape(m.is_string() ? words.reason(m.get<std::string>())
                                  : m.dump(-1, ' ', false, json::error_handler_t::replace)) +
             "</li>";
    out += "</ul>\n";
  }
  return out;
}

std::string evidence(const json& report, const Language& words, const std::map<std::size_t, std::size_t>& shown) {
  const auto& list = list_at(report, "evidence");
  if (list.empty()) return {};
  PagedTable table{"evidence",
                   {{.label = words.say("html.method"), .searched = true, .choice = true},
                    {.label = words.say("html.finding"), .searched = true, .opens = true},
                    {.label = words.say("html.component"), .searched = true, .choice = true},
                    {.label = words.say("html.reference"), .searched = true},
                    {.label = words.say("html.value"), .number = true},
                    {.label = words.say("html.log10_lr"), .number = true, .digits = 2},
                    {.label = words.say("html.support"), .searched = true, .choice = true},
                    {.label = words.say("html.signal"), .searched = true, .more = true},
                    {.label = words.say("html.analyzer"), .searched = true, .more = true},
                    {.label = words.say("html.unit"), .more = true},
                    {.label = words.say("html.log10_p"), .number = true, .more = true},
                    {.label = words.say("html.relation"), .more = true},
                    {.label = words.say("html.criterion"), .more = true},
                    {.label = words.say("html.picture"), .more = true, .link = words.say("html.to_picture")},
                    {.label = words.say("html.details"), .more = true, .block = true}}};
  std::size_t budget = kDetailsBudget;
  Terms family{words, "family"}, component{words, "component"}, support{words, "support"}, relation{words, "relation"},
      unit{words, "unit"};
  const std::string none;
  for (const auto i : strongest_first(list)) {
    const Members e{list[i]};
    const auto& related = e.text(Members::relation);
    const auto picture = shown.find(i);
    const auto* criteria = e.object(Members::criteria);
    table.text(family(e.text(Members::family)))
        .text(words.summary(list[i]))
        .text(component(e.text(Members::component)))
        .text(e.text(Members::reference))
        .number(e.number(Members::value))
        .number(e.number(Members::log10_lr))
        .text(support(e.text(Members::support)))
        .text(e.text(Members::signal))
        .text(e.text(Members::analyzer))
        .text(unit(e.text(Members::unit)))
        .number(e.number(Members::log10_p))
        .text(related.empty() || related == "none" ? none : relation(related))
        .text(criteria == nullptr ? none : words.sentence(*criteria))
        .text(picture == shown.end() ? none : std::to_string(picture->second))
        .text(details_of(e.object(Members::details), budget));
  }
  return heading(words.say("html.evidence") + " (" + thousands(static_cast<double>(list.size())) + ")", "evidence") +
         "<p class=\"soft on-screen\">" + escape(words.say("html.evidence_note")) + "</p>" +
         table.html(words_of(words, "html.evidence"));
}

/// Runs that ended alike are one row: what went wrong is seen at once, whatever the number of references.
std::string outcomes(const json& report, const Language& words) {
  struct Group {
    std::size_t runs = 0, first = 0;
    std::string references;
  };
  std::map<std::tuple<bool, std::string, std::string, std::string>, Group> groups;
  for (const auto& o : list_at(report, "outcomes")) {
    const auto outcome = text_at(o, "outcome"), reference = text_at(o, "reference");
    auto& group = groups[{outcome == "ok", text_at(o, "analyzer"), outcome, text_at(o, "message")}];
    if (++group.runs > 1 && !reference.empty() && group.runs == 6) group.references += ", \u2026";
    if (group.runs <= 5 && !reference.empty()) group.references += (group.references.empty() ? "" : ", ") + reference;
  }
  if (groups.empty()) return {};
  Rows rows{{words.say("html.analyzer"), words.say("html.outcome"), words.say("html.runs"), words.say("html.reference"),
             words.say("html.message")}};
  for (const auto& [key, group] : groups) {
    if (rows.size() > kMostGroups) break;
    const auto& [fine, analyzer, outcome, message] = key;
    rows.push_back({analyzer, words.term("outcome", outcome), std::to_string(group.runs), group.references,
                    words.reason(message)});
  }
  return heading(words.say("html.outcomes"), "outcomes") + "<div class=\"scroll\">" + table(rows, "stack") + "</div>\n";
}

std::string provenance(const json& report, const Language& words) {
  const auto& p = object_at(report, "provenance");
  const auto& subject = object_at(report, "subject");
  Rows rows{{words.say("html.what"), words.say("html.value")}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) rows.push_back({words.say(name), value});
  };
  add("html.version", text_at(p, "pedigree"));
  add("html.profile", text_at(p, "profile"));
  add("html.revision", text_at(subject, "revision"));
  add("html.digest", text_at(subject, "digest"));
  add("html.resolved_from", words.term("origin", text_at(subject, "resolved_from")));
  for (const auto& plugin : list_at(p, "plugins"))
    rows.push_back({text_at(plugin, "id") + " " + text_at(plugin, "version"), "sha256:" + text_at(plugin, "sha256")});
  Rows inputs{{words.say("html.file"), "SHA-256", words.say("html.bytes")}};
  for (const auto& input : list_at(p, "inputs")) {
    if (inputs.size() > kMostInputs) break;
    inputs.push_back({text_at(input, "path"), text_at(input, "sha256"), thousands(number_at(input, "bytes"))});
  }
  std::string out =
      heading(words.say("html.provenance"), "provenance") + "<div class=\"scroll\">" + table(rows, "stack") + "</div>";
  if (inputs.size() > 1)
    out += "<details><summary>" + escape(words.say("html.inputs")) + " (" +
           std::to_string(list_at(p, "inputs").size()) + ")</summary><div class=\"scroll\">" + table(inputs, "stack") +
           "</div></details>\n";
  return out;
}

}  // namespace pedigree::report::html
