// SPDX-License-Identifier: MIT
// Reads pipelines written in a test: a folder of its own, two installed analyzers, a small catalog, one profile.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/pipeline/reader.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::pipeline::testing {

inline plugin::Manifest example_plugin() {
  plugin::AnalyzerManifest shape;
  shape.id = "architecture.config";
  shape.summary = "Compares shapes.";
  shape.family = Family::architecture;
  shape.config_schema = nlohmann::json::parse(R"({"type":"object","additionalProperties":false,"properties":{}})");
  plugin::AnalyzerManifest overlap;
  overlap.id = "tokenizer.overlap";
  overlap.summary = "Compares vocabularies.";
  overlap.family = Family::tokenizer;
  overlap.config_schema = nlohmann::json::parse(R"({
    "type": "object", "additionalProperties": false,
    "properties": {
      "ignore_special": {"type": "boolean", "default": true, "description": "Leave special tokens out."},
      "minimum": {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1, "description": "Smallest share."},
      "tokens": {"type": "integer", "default": 1000, "minimum": 1, "maximum": 1000000, "description": "How many."},
      "base": {"type": "string", "default": "any", "enum": ["any", "cl100k", "010"], "description": "Base."},
      "label": {"type": "string", "default": "", "description": "Free text."}}})");
  plugin::Manifest out;
  out.id = "org.pedigree.example";
  out.version = "1.0.0";
  out.analyzers = {shape, overlap};
  return out;
}

inline const std::string kStart =
    "schema: pedigree/pipeline/v1\n"
    "name: example\n"
    "subject: {id: upstage/Solar-Open-100B}\n";

class Reading {
 public:
  Reading() {
    folder.write("profiles/calibrated.yaml",
                 "schema: pedigree/pipeline/v1\n"
                 "name: calibrated\n"
                 "analyzers:\n"
                 "  - {id: shape, use: architecture.config}\n"
                 "  - {id: vocab, use: tokenizer.overlap, weight: 2, with: {minimum: 0.25}}\n"
                 "verdict: {weights: {tokenizer: high, architecture: low}, prior: {derived: 0.2}}\n");
    context.plugins = &plugins;
    context.profiles = folder.path() / "profiles";
    context.catalog_ids = {"zai-org/GLM-4.5-Air", "microsoft/Phi-3.5-MoE-instruct", "upstage/Solar-Open-100B"};
    context.group_names = {"well-known-bases", "attention-mla"};
    context.check_verdict = [](const nlohmann::json& verdict) -> io::Status {
      const auto prior = verdict.value("prior", nlohmann::json::object());
      for (const auto& [key, value] : prior.items())
        if (key != "derived") return io::Error{"PED-V001", "", "/verdict/prior/" + key, "unknown key", "see the page"};
      return io::Done{};
    };
  }

  ReadResult read(const std::string& text) { return read_pipeline(folder.write("example.yaml", text), context); }

  pedigree::testing::TemporaryFolder folder;
  std::vector<plugin::Manifest> plugins{example_plugin()};
  ReadContext context;
};

inline std::vector<std::string> codes_of(const ReadResult& result) {
  std::vector<std::string> out;
  for (const auto& diagnostic : result.diagnostics) out.push_back(diagnostic.code);
  return out;
}

/// The first diagnostic of a code, or nullptr.
inline const Diagnostic* find(const ReadResult& result, const std::string& code) {
  for (const auto& diagnostic : result.diagnostics)
    if (diagnostic.code == code) return &diagnostic;
  return nullptr;
}

inline std::string place(const Diagnostic* diagnostic) {
  if (diagnostic == nullptr) return "(not reported)";
  return std::to_string(diagnostic->line) + ":" + std::to_string(diagnostic->column) + "+" +
         std::to_string(diagnostic->width);
}

}  // namespace pedigree::pipeline::testing
