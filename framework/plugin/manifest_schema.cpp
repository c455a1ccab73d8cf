// SPDX-License-Identifier: MIT
#include "framework/plugin/manifest_schema.hpp"

#include <nlohmann/json.hpp>

#include "pedigree/abi.h"

namespace pedigree::plugin {
namespace {
using nlohmann::json;

json text(const char* description) { return {{"type", "string"}, {"description", description}}; }
json identifier(const char* description) {
  return {{"type", "string"}, {"pattern", "^[a-z][a-z0-9._-]{0,127}$"}, {"description", description}};
}
json list_of(json item, const char* description) {
  return {{"type", "array"}, {"items", std::move(item)}, {"description", description}};
}

/// Every property is required and nothing else may stand beside it.
json object(json properties, const char* description) {
  json names = json::array();
  for (const auto& [name, property] : properties.items()) names.push_back(name);
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(names)},
          {"additionalProperties", false},
          {"description", description}};
}

json signal_schema() {
  return object({{"id", identifier("family.what-is-measured")},
                 {"unit", text("fraction, log10, count, nat, ...")},
                 {"summary", text("One sentence.")},
                 {"minimum", {{"type", "number"}, {"description", "Smallest value it can have."}}},
                 {"maximum", {{"type", "number"}, {"description", "Largest value it can have."}}}},
                "A kind of measurement the analyzer may emit.");
}

json analyzer_schema() {
  const json families = {"tokenizer", "architecture", "weight", "behavior", "training_log"};
  const json flags = {"deterministic", "needs-reference", "heavy", "network", "writes"};
  auto signals = list_of(signal_schema(), "What it may emit.");
  signals["minItems"] = 1;
  return object({{"id", identifier("As written after `use:` in a pipeline.")},
                 {"summary", text("One sentence; the first of its documentation page.")},
                 {"family", {{"enum", families}, {"description", "Families are weighed and capped as one."}}},
                 {"flags", list_of({{"enum", flags}}, "How it is run.")},
                 {"signals", std::move(signals)},
                 {"roles", list_of(text("A role of artifacts."), "What it reads.")},
                 {"options", {{"type", "object"}, {"description", "JSON Schema of what stands under `with:`."}}}},
                "One analyzer.");
}

}  // namespace

json manifest_schema() {
  json message{{"type", "object"},
               {"required", {"en"}},
               {"additionalProperties", {{"type", "string"}}},
               {"description", "One sentence by language; {name} stands for a value of the evidence."}};
  auto schema = object(
      {{"schema", {{"const", "pedigree/manifest/v1"}, {"description", "This form."}}},
       {"id", identifier("Reverse-DNS name of the plugin.")},
       {"version", text("Semantic version.")},
       {"vendor", text("Who made it.")},
       {"license", text("SPDX expression.")},
       {"homepage", text("May be empty.")},
       {"abi", object({{"major", {{"const", PEDIGREE_ABI_MAJOR}, {"description", "Of the C boundary."}}},
                       {"minor", {{"type", "integer"}, {"minimum", 0}, {"description", "It was compiled against."}}}},
                      "The C boundary.")},
       {"library", text("File name of the library beside this file.")},
       {"sha256",
        {{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}, {"description", "Of the library, at build time."}}},
       {"analyzers", list_of(analyzer_schema(), "Its analyzers.")},
       {"messages",
        {{"type", "object"}, {"additionalProperties", std::move(message)}, {"description", "Sentences by key."}}}},
      "What is known of a plugin without running it.");
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["$id"] = "pedigree/manifest/v1";
  schema["title"] = "pedigree plugin manifest";
  return schema;
}

}  // namespace pedigree::plugin
