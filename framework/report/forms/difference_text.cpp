// SPDX-License-Identifier: MIT
// A difference for people: the verdict, then why, then what else moved.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "framework/report/forms/forms.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

constexpr std::size_t kShown = 8;  ///< changes of one kind; more are counted
constexpr std::size_t kDigest = 12;

/// How a value of one kind is shown.
using Show = std::string (*)(const Language&, const json&);

std::string number(const json& value, int decimals) {
  return value.is_number() ? fixed(value.get<double>(), decimals) : value.is_null() ? "–" : harmless(value.dump());
}
std::string odds(const Language&, const json& value) { return number(value, 3); }
std::string words(const Language&, const json& value) {
  return value.is_string() ? harmless(value.get<std::string>()) : number(value, 3);
}
std::string digest(const Language&, const json& value) {
  return value.is_string() ? harmless(value.get<std::string>().substr(0, kDigest)) : "–";
}
std::string outcome(const Language& language, const json& value) {
  return value.is_string() ? harmless(language.term("outcome", value.get<std::string>())) : "–";
}
std::string label(const Language& language, const json& value) {
  return value.is_string() ? harmless(language.term("label", value.get<std::string>())) : "–";
}

/// "signal | reference | component" with the empty parts left out and the last one in words.
std::string readable(const Language& language, const std::string& key) {
  std::string out;
  for (std::size_t at = 0; at <= key.size();) {
    const auto end = std::min(key.find(" | ", at), key.size());
    const auto part = key.substr(at, end - at);
    if (!part.empty()) out += (out.empty() ? "" : " · ") + language.term("component", part);
    at = end + 3;
  }
  return harmless(out);
}

class Writer {
 public:
  explicit Writer(std::string lang) : language_(json::object(), std::move(lang)) {}

  const Language& language() const { return language_; }
  bool wrote() const { return wrote_; }
  std::string take() { return std::move(out_); }
  std::string say(const std::string& key, const json& params = json::object()) const {
    return language_.say("diff." + key, params);
  }
  void title(const std::string& text) { out_ += text + "\n"; }

  /// A section is begun only when it has a line.
  void section(const std::string& name) { pending_ = "\n" + say(name) + "\n"; }
  void line(const std::string& text) {
    out_ += pending_ + "  " + text + "\n";
    pending_.clear();
    wrote_ = true;
  }

  void changed(const json& list, Show show) {
    std::vector<const json*> rows;
    for (const auto& row : list)
      if (row.is_object()) rows.push_back(&row);
    std::stable_sort(rows.begin(), rows.end(), [](const json* a, const json* b) { return size(*a) > size(*b); });
    for (std::size_t i = 0; i < rows.size() && i < kShown; ++i)
      line(readable(language_, text_at(*rows[i], "what")) + ": " + show(language_, rows[i]->value("before", json{})) +
           " → " + show(language_, rows[i]->value("after", json{})));
    if (rows.size() > kShown) line(language_.say("terminal.more", {{"count", rows.size() - kShown}}));
  }

  void names(const char* sign, const char* key, const json& list) {
    std::size_t count = 0;
    for (const auto& name : list)
      if (name.is_string() && ++count <= kShown)
        line(std::string{sign} + " " + say(key, {{"what", readable(language_, name.get<std::string>())}}));
    if (count > kShown) line(language_.say("terminal.more", {{"count", count - kShown}}));
  }

  void rows(const char* name, const json& part, Show show) {
    section(name);
    changed(list_at(part, "changed"), show);
    names("+", "added", list_at(part, "added"));
    names("-", "removed", list_at(part, "removed"));
  }

  /// New and lost findings, counted by the reference they speak of.
  void counted(const char* sign, const char* key, const json& list) {
    std::map<std::string, int> by_reference;
    for (const auto& name : list) {
      if (!name.is_string()) continue;
      const auto& text = name.get_ref<const std::string&>();
      const auto first = text.find(" | "), second = text.find(" | ", first == std::string::npos ? first : first + 3);
      ++by_reference[second == std::string::npos ? "" : text.substr(first + 3, second - first - 3)];
    }
    for (const auto& [reference, count] : by_reference)
      line(std::string{sign} + " " +
           say(reference.empty() ? std::string{key} + "-alone" : std::string{key},
               {{"count", count}, {"reference", harmless(reference)}}));
  }

 private:
  static double size(const json& row) {
    return row.contains("before") && row.contains("after") && row["before"].is_number() && row["after"].is_number()
               ? std::abs(row["after"].get<double>() - row["before"].get<double>())
               : std::numeric_limits<double>::infinity();
  }

  Language language_;
  std::string out_, pending_;
  bool wrote_ = false;
};

void write_verdict(const json& d, Writer& writer) {
  writer.section("verdict");
  for (const auto& change : list_at(d, "verdict")) {
    if (!change.is_object()) continue;
    const auto what = text_at(change, "what");
    const auto show = [&](const char* side) {
      const auto value = change.value(side, json{});
      if (what == "label") return label(writer.language(), value);
      if (what == "status")
        return harmless(writer.language().term("status", value.is_string() ? value.get<std::string>() : ""));
      if (what == "coverage") return value.is_number() ? fixed(100 * value.get<double>(), 0) + "%" : "–";
      return number(value, what == "p_derived" || what == "confidence" ? 3 : 0);
    };
    writer.line(writer.say("what." + what) + ": " + show("before") + " → " + show("after"));
  }
}

}  // namespace

std::string difference_text(const json& d, const std::string& lang) {
  Writer writer{lang};
  const auto before = harmless(text_at(object_at(d, "subject"), "before")),
             after = harmless(text_at(object_at(d, "subject"), "after"));
  writer.title(before == after ? writer.say("title-same", {{"subject", before}})
                               : writer.say("title", {{"before", before}, {"after", after}}));
  write_verdict(d, writer);
  writer.section("components");
  writer.changed(list_at(object_at(object_at(d, "components"), "label"), "changed"), label);
  writer.changed(list_at(object_at(object_at(d, "components"), "score"), "changed"),
                 [](const Language&, const json& value) { return number(value, 0); });
  writer.section("profile");
  for (const auto& change : list_at(d, "profile"))
    if (change.is_object())
      writer.line(words(writer.language(), change.value("before", json{})) + " → " +
                  words(writer.language(), change.value("after", json{})));
  writer.section("contributions");
  json steps = object_at(d, "contributions");
  for (const char* list : {"changed", "added", "removed"})
    if (steps.is_object() && steps.contains(list) && steps[list].is_array())
      for (auto& step : steps[list]) {
        auto& name = step.is_object() && step.contains("what") ? step["what"] : step;
        if (!name.is_string()) continue;
        const auto text = name.get<std::string>();
        const auto known = writer.language().term("step", text);  // else a family
        name = known == text ? writer.language().term("family", text) : known;
      }
  writer.changed(list_at(steps, "changed"), odds);
  writer.names("+", "added", list_at(steps, "added"));
  writer.names("-", "removed", list_at(steps, "removed"));
  writer.rows("plugins", object_at(d, "plugin_versions"), words);
  writer.changed(list_at(object_at(d, "plugins"), "changed"), digest);
  writer.rows("inputs", object_at(d, "inputs"), digest);
  writer.rows("references", object_at(d, "references"), odds);
  writer.section("evidence");
  writer.changed(list_at(object_at(d, "evidence"), "changed"), odds);
  writer.counted("+", "new-findings", list_at(object_at(d, "evidence"), "added"));
  writer.counted("-", "lost-findings", list_at(object_at(d, "evidence"), "removed"));
  writer.rows("outcomes", object_at(d, "outcomes"), outcome);
  if (!writer.wrote()) writer.title(writer.say("nothing"));
  return writer.take();
}

}  // namespace pedigree::report
