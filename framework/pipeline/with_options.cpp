// SPDX-License-Identifier: MIT
#include "framework/pipeline/with_options.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "framework/pipeline/json_schema.hpp"
#include "framework/pipeline/scalar.hpp"

namespace pedigree::pipeline {
namespace {
using nlohmann::json;

std::string type_of(const json& schema) {
  const auto type = schema.is_object() ? schema.find("type") : schema.end();
  return type != schema.end() && type->is_string() ? type->get<std::string>() : "";
}

/// The node as the schema's type; text where it does not fit, so that the schema check says what was expected.
json typed(const Node& node, const json& schema) {
  const std::string type = type_of(schema);
  if (node.is_list()) {
    json out = json::array();
    const json items = schema.is_object() ? schema.value("items", json::object()) : json::object();
    for (const auto& item : node.items) out.push_back(typed(item, items));
    return out;
  }
  if (node.is_map()) {
    json out = json::object();
    const json properties = schema.is_object() ? schema.value("properties", json::object()) : json::object();
    for (const auto& entry : node.entries)
      out[entry.key] = typed(entry.value, properties.is_object() ? properties.value(entry.key, json()) : json());
    return out;
  }
  if (node.is_null()) return nullptr;
  if (!node.plain || type == "string") return node.text;
  if (type == "boolean" && (node.text == "true" || node.text == "false")) return node.text == "true";
  if (type == "integer" || type == "number") {
    if (const auto integer = integer_from(node.text)) return *integer;
    if (const auto number = number_from(node.text)) return *number;
    return node.text;
  }
  return type.empty() ? free_json(node, nullptr) : json(node.text);
}

/// A text where something else belongs: the traps of YAML have codes of their own.
void explain_text(const Node& node, const SchemaProblem& problem, Finding& finding) {
  if (!node.is_text() || problem.keyword != "type") return;
  const bool boolean = problem.message.starts_with("expected boolean");
  if (!node.plain) {
    finding.suggestion = "remove the quotes: a quoted value is text";
  } else if (boolean && is_misleading_boolean(node.text)) {
    finding.code = "PED-P018";
    finding.suggestion = "write true or false";
  } else if (!boolean && is_misleading_number(node.text)) {
    finding.code = "PED-P019";
    finding.suggestion = "write it in plain decimal digits";
  }
}

Finding unknown_option(const std::string& option, const json& schema, const std::string& analyzer) {
  std::vector<std::string> known;
  std::string listed;
  const json properties = schema.value("properties", json::object());
  for (const auto& [key, value] : properties.items()) {
    known.push_back(key);
    (listed += listed.empty() ? "" : ", ") += key;
  }
  const std::string best = nearest(option, known);
  return {"PED-P034", "'" + analyzer + "' has no option '" + option + "'",
          best.empty() ? "" : "did you mean '" + best + "'?", listed.empty() ? "(it has no options)" : listed,
          "pedigree describe " + analyzer};
}

}  // namespace

json read_options(const Node& with, const json& schema, const std::string& analyzer, Findings& findings) {
  Node known = with;
  for (const auto& entry : with.entries) {
    if (entry.value.broken) known.erase(entry.key);
    const bool declared =
        schema.is_object() && schema.contains("properties") && schema["properties"].contains(entry.key);
    if (declared || !schema.is_object() || schema.value("additionalProperties", json(true)) != json(false)) continue;
    findings.add(entry.place, unknown_option(entry.key, schema, analyzer));
    known.erase(entry.key);
  }
  json value = typed(known, schema);
  for (const auto& problem : check_schema(value, schema)) {
    const Node* at = node_at(known, problem.pointer);
    const Node& node = at == nullptr ? with : *at;
    const std::string option = problem.pointer.empty() ? "with" : problem.pointer.substr(1);
    Finding finding{"PED-P035", "option '" + option + "' of '" + analyzer + "': " + problem.message, "", "",
                    "pedigree describe " + analyzer};
    explain_text(node, problem, finding);
    findings.add(node.place, std::move(finding));
  }
  return value;
}

}  // namespace pedigree::pipeline
