// SPDX-License-Identifier: MIT
#include <cmath>
#include <map>

#include "framework/report/forms/forms.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

/// Rows of a list by a key made of their members, so that order does not matter.
std::map<std::string, const json*> by_key(const json& list, std::initializer_list<const char*> members) {
  std::map<std::string, const json*> out;
  for (const auto& row : list) {
    std::string key;
    for (const char* member : members) key += (key.empty() ? "" : " | ") + text_at(row, member);
    out.emplace(std::move(key), &row);
  }
  return out;
}

/// {added: [...], removed: [...], changed: [{what, before, after}]} over one value of each row.
json compare_rows(const json& before, const json& after, std::initializer_list<const char*> key, const char* value) {
  const auto a = by_key(before, key), b = by_key(after, key);
  json added = json::array(), removed = json::array(), changed = json::array();
  for (const auto& [name, row] : a) {
    const auto found = b.find(name);
    if (found == b.end())
      removed.push_back(name);
    else if (row->value(value, json{}) != found->second->value(value, json{}))
      changed.push_back(
          {{"what", name}, {"before", row->value(value, json{})}, {"after", found->second->value(value, json{})}});
  }
  for (const auto& [name, row] : b)
    if (a.count(name) == 0) added.push_back(name);
  return {{"added", std::move(added)}, {"removed", std::move(removed)}, {"changed", std::move(changed)}};
}

json verdict_change(const json& before, const json& after) {
  json changed = json::array();
  for (const char* key : {"label", "status", "score", "p_derived", "assurance", "coverage", "confidence"}) {
    const auto a = object_at(before, "verdict").value(key, json{}), b = object_at(after, "verdict").value(key, json{});
    if (a != b) changed.push_back({{"what", key}, {"before", a}, {"after", b}});
  }
  return changed;
}

std::string value_text(const json& value) {
  return value.is_string()   ? harmless(value.get<std::string>())
         : value.is_number() ? shortest(value.get<double>())
                             : value.dump();
}

}  // namespace

json difference(const json& before, const json& after) {
  json out{
      {"schema", "pedigree/difference/v1"},
      {"subject",
       {{"before", text_at(object_at(before, "subject"), "id")},
        {"after", text_at(object_at(after, "subject"), "id")}}},
      {"verdict", verdict_change(before, after)},
      {"inputs", compare_rows(list_at(object_at(before, "provenance"), "inputs"),
                              list_at(object_at(after, "provenance"), "inputs"), {"path"}, "sha256")},
      {"plugins", compare_rows(list_at(object_at(before, "provenance"), "plugins"),
                               list_at(object_at(after, "provenance"), "plugins"), {"id"}, "sha256")},
      {"references", compare_rows(list_at(before, "references"), list_at(after, "references"), {"id"}, "p_derived")},
      {"evidence", compare_rows(list_at(before, "evidence"), list_at(after, "evidence"),
                                {"signal", "reference", "component"}, "log10_lr")},
      {"outcomes",
       compare_rows(list_at(before, "outcomes"), list_at(after, "outcomes"), {"analyzer", "reference"}, "outcome")}};
  const auto a = text_at(object_at(before, "provenance"), "profile"),
             b = text_at(object_at(after, "provenance"), "profile");
  out["profile"] = a == b ? json::array() : json::array({{{"what", "profile"}, {"before", a}, {"after", b}}});
  return out;
}

std::string difference_text(const json& d, const std::string& lang) {
  const Language words{json::object(), lang};
  std::string out = words.say("diff.title", {{"before", text_at(object_at(d, "subject"), "before")},
                                             {"after", text_at(object_at(d, "subject"), "after")}}) +
                    "\n";
  bool any = false;
  const auto changes = [&](const std::string& title, const json& list) {
    if (!list.is_array() || list.empty()) return;
    any = true;
    out += "\n" + title + "\n";
    for (const auto& c : list)
      out += "  " + harmless(text_at(c, "what")) + ": " + value_text(c.value("before", json{})) + " -> " +
             value_text(c.value("after", json{})) + "\n";
  };
  changes(words.say("diff.verdict"), list_at(d, "verdict"));
  changes(words.say("diff.profile"), list_at(d, "profile"));
  for (const char* part : {"inputs", "plugins", "references", "evidence", "outcomes"}) {
    const auto& section = object_at(d, part);
    const std::string title = words.say(std::string{"diff."} + part);
    changes(title, list_at(section, "changed"));
    for (const auto& [list, sign] : {std::pair{"added", "+"}, std::pair{"removed", "-"}})
      for (const auto& name : list_at(section, list)) {
        any = true;
        out += std::string{"  "} + sign + " " + title + ": " + value_text(name) + "\n";
      }
  }
  return any ? out : out + words.say("diff.nothing") + "\n";
}

}  // namespace pedigree::report
