// SPDX-License-Identifier: MIT
// The JSON Schema written from the vocabulary, the validator for it, and the pages written from both.
#include <fstream>
#include <functional>
#include <sstream>

#include "framework/pipeline/json_schema.hpp"
#include "framework/pipeline/reference_page.hpp"
#include "framework/pipeline/vocabulary.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/pipeline/reading.hpp"

namespace pedigree::pipeline {
namespace {
using nlohmann::json;
using testing::kStart;
using testing::Reading;

std::string slurp(const std::string& relative) {
  std::ifstream in(pedigree::testing::source_path(relative), std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> keywords(const json& value, const json& schema) {
  std::vector<std::string> out;
  for (const auto& problem : check_schema(value, schema)) out.push_back(problem.pointer + " " + problem.keyword);
  return out;
}

TEST(SchemaCheck, finds_each_kind_of_problem_at_its_pointer) {
  const json schema = json::parse(R"({
    "type": "object", "required": ["a"], "additionalProperties": false,
    "properties": {"a": {"type": "integer", "minimum": 1, "maximum": 3}, "b": {"enum": ["x", "y"]}, "c": {"const": 5},
                   "l": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/t"}},
                   "o": {"oneOf": [{"type": "number"}, {"type": "integer"}]}, "any": {"anyOf": [{"type": "null"}, {"const": 1}]}},
    "patternProperties": {"^x-": true}, "$defs": {"t": {"type": ["string", "null"]}}})");
  using ::testing::ElementsAre;
  EXPECT_THAT(keywords(json::parse(R"({"a": 2, "b": "x", "c": 5, "l": ["s", null], "o": 1.5, "any": null, "x-q": {}})"),
                       schema),
              ElementsAre());
  EXPECT_THAT(keywords(json::parse("[]"), schema), ElementsAre(" type"));
  EXPECT_THAT(keywords(json::parse("{}"), schema), ElementsAre(" required"));
  EXPECT_THAT(keywords(json::parse(R"({"a": 4})"), schema), ElementsAre("/a maximum"));
  EXPECT_THAT(keywords(json::parse(R"({"a": 0})"), schema), ElementsAre("/a minimum"));
  EXPECT_THAT(keywords(json::parse(R"({"a": 2.5})"), schema), ElementsAre("/a type"));
  EXPECT_THAT(keywords(json::parse(R"({"a": 2.0})"), schema), ElementsAre()) << "2.0 is an integer to JSON Schema";
  EXPECT_THAT(keywords(json::parse(R"({"a": 1, "b": "z", "c": 6, "q/r": 1})"), schema),
              ElementsAre("/b enum", "/c const", "/q~1r additionalProperties"));
  EXPECT_THAT(keywords(json::parse(R"({"a": 1, "l": [1]})"), schema), ElementsAre("/l/0 type"));
  EXPECT_THAT(keywords(json::parse(R"({"a": 1, "l": []})"), schema), ElementsAre("/l minItems"));
  EXPECT_THAT(keywords(json::parse(R"({"a": 1, "o": 1, "any": 2})"), schema), ElementsAre("/any type", "/o oneOf"));
}

TEST(SchemaCheck, a_schema_that_refers_to_itself_ends) {
  EXPECT_TRUE(check_schema(json(1), json::parse(R"({"$ref": "#"})")).empty());
}

TEST(PipelineSchema, the_committed_copy_is_current) {
  EXPECT_EQ(slurp("docs/schema/pipeline.v1.schema.json"), pipeline_schema(nullptr).dump(2) + "\n")
      << "write it anew: pedigree schema pipeline > docs/schema/pipeline.v1.schema.json";
}

TEST(PipelineSchema, the_reference_page_is_current) {
  EXPECT_NE(slurp("docs/reference/pipeline.md").find(reference_tables()), std::string::npos)
      << "between the markers belongs:\n"
      << reference_tables();
}

TEST(PipelineSchema, agrees_with_the_reader_on_what_a_file_may_say) {
  // pairs of the same document as YAML and JSON (flow YAML is JSON here)
  const json schema = pipeline_schema(nullptr);
  const std::string start =
      R"("schema": "pedigree/pipeline/v1", "name": "x", "subject": {"id": "a/b"}, "references": "all")";
  struct Case {
    std::string rest;
    bool good;
  };
  const std::vector<Case> cases{{"", true},
                                {R"(, "seed": 3)", true},
                                {R"(, "seed": -1)", false},
                                {R"(, "seed": "3")", false},
                                {R"(, "sead": 3)", false},
                                {R"(, "x-any": [1, {"a": null}])", true},
                                {R"(, "question": null)", true},
                                {R"(, "expect": {"verdict": "derived", "score": {"min": 0}})", true},
                                {R"(, "expect": {"verdict": "clean"})", false},
                                {R"(, "expect": {"components": {"vision_encoder": "derived"}})", true},
                                {R"(, "expect": {"components": {"eyes": "derived"}})", false},
                                {R"(, "claim": {"tokens": "19.7T", "parameters": 5, "scope": ["tokenizer"]})", true},
                                {R"(, "claim": {"scope": ["everything"]})", false},
                                {R"(, "analyzers": [{"use": "architecture.config", "weight": "high"}])", true},
                                {R"(, "analyzers": [{"use": "architecture.config", "weight": "heavy"}])", false},
                                {R"(, "analyzers": {"use": "architecture.config"})", false},
                                {R"(, "analyzers": [{"use": "architecture.config", "on_error": "stop"}])", false},
                                {R"(, "trust": {"plugins": {}})", true},
                                {R"(, "trust": {"plugin": {}})", false}};
  Reading reading;
  for (const auto& [rest, good] : cases) {
    const std::string text = "{" + start + rest + "}";
    EXPECT_EQ(reading.read(text + "\n").pipeline.has_value(), good) << text;
    EXPECT_EQ(check_schema(json::parse(text), schema).empty(), good) << text;
  }
}

TEST(PipelineSchema, every_property_is_described_and_no_map_is_open) {
  const json schema = pipeline_schema(nullptr);
  const std::function<void(const json&, const std::string&)> walk = [&](const json& node, const std::string& at) {
    if (node.is_object() && node.contains("properties") && node["properties"].is_object() &&
        at.find("artifacts") == std::string::npos) {
      EXPECT_EQ(node.value("additionalProperties", json(true)), json(false)) << at;
      for (const auto& [key, property] : node["properties"].items())
        EXPECT_TRUE(property.contains("description")) << at << "/" << key;
    }
    if (node.is_structured())
      for (const auto& [key, inner] : node.items()) walk(inner, at + "/" + key);
  };
  walk(schema, "");
}

TEST(PipelineSchema, with_plugins_knows_the_options_of_each_analyzer) {
  const Reading reading;
  const json branches = pipeline_schema(&reading.plugins)["properties"]["analyzers"]["anyOf"][0]["items"]["allOf"];
  ASSERT_EQ(branches.size(), 2u);
  EXPECT_EQ(branches[1]["if"]["properties"]["use"]["const"], "tokenizer.overlap");
  EXPECT_EQ(branches[1]["if"]["required"], json::array({"use"}));
  EXPECT_TRUE(branches[1]["then"]["properties"]["with"]["anyOf"][0]["properties"].contains("minimum"));
}

TEST(ShippedPipelines, are_good_files_by_the_reader_and_name_models_of_the_catalog) {
  ReadContext context;
  context.profiles = pedigree::testing::source_path("pipelines/profiles");
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(pedigree::testing::source_path("pipelines/models"))) {
    if (entry.path().extension() != ".yaml") continue;
    const auto result = read_pipeline(entry.path(), context);
    EXPECT_TRUE(result.pipeline && result.diagnostics.empty()) << to_text(result.diagnostics, false);
    ++count;
  }
  EXPECT_GE(count, 5u);
}

TEST(ShippedPipelines, examples_of_the_guide_are_good_files) {
  std::istringstream lines(slurp("docs/guide/write-a-pipeline.md"));
  Reading reading;
  reading.context.check_artifacts = false;
  reading.context.plugins = nullptr;
  reading.folder.write("profiles/source-criteria.yaml", "schema: pedigree/pipeline/v1\n");
  std::string block;
  bool inside = false;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (inside && line == "```") {
      const auto result = reading.read(block);
      EXPECT_TRUE(result.pipeline) << block << to_text(result.diagnostics, false);
      inside = false;
      ++count;
    } else if (inside) {
      block += line + "\n";
    } else if (line == "```yaml") {
      inside = true;
      block.clear();
    }
  }
  EXPECT_GE(count, 3u);
}

}  // namespace
}  // namespace pedigree::pipeline
