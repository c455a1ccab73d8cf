// SPDX-License-Identifier: MIT
// JSON Schema (draft 2020-12) of the pipeline file, written from the vocabulary the reader uses.
#include <nlohmann/json.hpp>

#include "framework/pipeline/reader.hpp"
#include "framework/pipeline/vocabulary.hpp"

namespace pedigree::pipeline {
namespace {
using nlohmann::json;

json object_schema(const Object& object);

json text_schema() { return {{"type", "string"}}; }

/// A value that may also be filled in from a variable.
json or_variable(json schema) {
  return {{"anyOf", json::array({std::move(schema), json{{"type", "string"}, {"pattern", "\\$\\{vars\\."}}})}};
}

json unit_schema(const char* pattern) { return {{"type", "string"}, {"pattern", pattern}}; }

json number_schema(const Field& field, const char* type) {
  json out{{"type", type}};
  if (field.minimum < field.maximum) {
    out["minimum"] = field.minimum;
    out["maximum"] = field.maximum;
  }
  return out;
}

json choice_schema(const std::vector<std::string_view>& choices) {
  json out{{"type", "string"}, {"enum", json::array()}};
  for (const auto choice : choices) out["enum"].push_back(std::string(choice));
  return out;
}

json artifacts_schema() {
  const json files{{"anyOf", json::array({json{{"type", json::array({"string", "null"})}},
                                          json{{"type", "array"}, {"items", text_schema()}}})}};
  json roles = json::object();
  for (const auto& role : artifact_roles()) roles[role] = files;
  return {{"type", "object"}, {"properties", std::move(roles)}, {"additionalProperties", false}};
}

json references_schema() {
  const json reference{{"$ref", "#/$defs/reference"}};
  return {{"anyOf",
           json::array({json{{"const", "all"}}, json{{"type", "object"}, {"additionalProperties", reference}},
                        json{{"type", "array"}, {"items", {{"anyOf", json::array({text_schema(), reference})}}}}})}};
}

json value_schema(const Field& field) {
  switch (field.type) {
    case Type::text:
    case Type::identifier:
    case Type::path:
      return text_schema();
    case Type::schema:
      return {{"const", std::string(kSchemaName)}};
    case Type::boolean:
      return or_variable({{"type", "boolean"}});
    case Type::integer:
      return or_variable(number_schema(field, "integer"));
    case Type::number:
      return or_variable(number_schema(field, "number"));
    case Type::count:
      return {{"anyOf", json::array({number_schema(field, "number"), unit_schema("^[0-9.]+[KMBT]$|\\$\\{vars\\.")})}};
    case Type::weight:
      return {
          {"anyOf", json::array({number_schema(field, "number"), choice_schema({"very_high", "high", "medium", "low"}),
                                 unit_schema("\\$\\{vars\\.")})}};
    case Type::duration:
      return unit_schema("^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$|\\$\\{vars\\.");
    case Type::size:
      return unit_schema("^[0-9.]+([kMGT]B|[KMGT]iB|B)$|\\$\\{vars\\.");
    case Type::digest:
      return unit_schema("^sha256:[0-9a-f]{64}$|\\$\\{vars\\.");
    case Type::choice:
      return choice_schema(field.choices);
    case Type::object:
      return object_schema(*field.object);
    case Type::list_of:
      return {{"type", "array"}, {"items", value_schema(*field.value)}};
    case Type::map_of: {
      json out{{"type", "object"}, {"additionalProperties", value_schema(*field.value)}};
      if (!field.choices.empty()) out["propertyNames"] = choice_schema(field.choices);
      return out;
    }
    case Type::artifacts:
      return artifacts_schema();
    case Type::references:
      return references_schema();
    case Type::options:
    case Type::free:
      return {{"type", "object"}};
  }
  return true;
}

/// The value, or null: the way to take away what a parent says.
json nullable(json schema) { return {{"anyOf", json::array({std::move(schema), json{{"type", "null"}}})}}; }

json object_schema(const Object& object) {
  json properties = json::object();
  for (const auto& field : object.fields) {
    json schema = field.type == Type::schema ? value_schema(field) : nullable(value_schema(field));
    schema["description"] = std::string(field.help);
    if (!field.fallback.empty()) schema["default"] = json::parse(field.fallback);
    properties[std::string(field.key)] = std::move(schema);
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"patternProperties", {{"^x-", true}}},
          {"additionalProperties", false}};
}

/// One branch per analyzer: when `use` names it, `with` is its options.
json plugin_branches(const std::vector<plugin::Manifest>& plugins) {
  json branches = json::array();
  for (const auto& plugin : plugins)
    for (const auto& analyzer : plugin.analyzers) {
      json options = analyzer.config_schema.is_object() ? analyzer.config_schema : json{{"type", "object"}};
      options.erase("$schema");
      branches.push_back({{"if", {{"properties", {{"use", {{"const", analyzer.id}}}}}, {"required", {"use"}}}},
                          {"then", {{"properties", {{"with", nullable(std::move(options))}}}}}});
    }
  return branches;
}

}  // namespace

json pipeline_schema(const std::vector<plugin::Manifest>* plugins) {
  json out = object_schema(vocabulary());
  out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  out["$id"] = std::string(kSchemaName);
  out["title"] = "pedigree pipeline";
  out["description"] =
      "A question about one model's descent; see docs/reference/pipeline.md. A parent named by 'extends' "
      "may bring what is missing here, so only 'schema' is required.";
  out["required"] = json::array({"schema"});
  out["$defs"] = {{"reference", nullable(object_schema(reference_vocabulary()))}};
  if (plugins == nullptr) return out;
  json& steps = out["properties"]["analyzers"]["anyOf"][0]["items"];
  if (json branches = plugin_branches(*plugins); !branches.empty()) steps["allOf"] = std::move(branches);
  return out;
}

}  // namespace pedigree::pipeline
