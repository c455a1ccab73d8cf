// SPDX-License-Identifier: MIT
#include <map>

#include "framework/report/forms/forms.hpp"
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

/// Labels and scores of the components, by name.
json component_changes(const json& before, const json& after) {
  const auto flat = [](const json& report, const char* key) {
    json rows = json::array();
    for (const auto& component : list_at(report, "components"))
      rows.push_back(
          {{"name", text_at(component, "name")}, {"value", object_at(component, "verdict").value(key, json{})}});
    return rows;
  };
  return {{"label", compare_rows(flat(before, "label"), flat(after, "label"), {"name"}, "value")},
          {"score", compare_rows(flat(before, "score"), flat(after, "score"), {"name"}, "value")}};
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
      {"plugin_versions", compare_rows(list_at(object_at(before, "provenance"), "plugins"),
                                       list_at(object_at(after, "provenance"), "plugins"), {"id"}, "version")},
      {"references", compare_rows(list_at(before, "references"), list_at(after, "references"), {"id"}, "p_derived")},
      // The steps from the prior to the score: why it moved.
      {"contributions", compare_rows(list_at(object_at(before, "verdict"), "contributions"),
                                     list_at(object_at(after, "verdict"), "contributions"), {"what"}, "log10_odds")},
      {"components", component_changes(before, after)},
      {"evidence", compare_rows(list_at(before, "evidence"), list_at(after, "evidence"),
                                {"signal", "reference", "component"}, "log10_lr")},
      {"outcomes",
       compare_rows(list_at(before, "outcomes"), list_at(after, "outcomes"), {"analyzer", "reference"}, "outcome")}};
  const auto a = text_at(object_at(before, "provenance"), "profile"),
             b = text_at(object_at(after, "provenance"), "profile");
  out["profile"] = a == b ? json::array() : json::array({{{"what", "profile"}, {"before", a}, {"after", b}}});
  return out;
}

}  // namespace pedigree::report
