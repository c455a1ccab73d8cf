// SPDX-License-Identifier: MIT
// What a pipeline comes to, for people and scripts. Pure functions of what the reader returned.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "framework/pipeline/reader.hpp"

namespace pedigree::pipeline {

/// One value of the resolved pipeline.
struct ExplainedValue {
  std::string path;    ///< "analyzers.merges.weight"
  std::string value;   ///< as compact JSON
  std::string origin;  ///< "file:line", "--set", "command line" or "default"
};

/// Every value, those that were not written (defaults of the language and of the analyzers) included; in the order of
/// the document, defaults after what was written in the same map. Empty when there is no pipeline.
std::vector<ExplainedValue> explain_values(const ReadResult& read, const std::vector<plugin::Manifest>& plugins);
std::string explain_values_text(const std::vector<ExplainedValue>& values);
nlohmann::json explain_values_json(const std::vector<ExplainedValue>& values);

/// Share of each step in the profile's whole weight, by step id, summing to 1: the families of the steps share it by
/// the profile's `verdict.weights`, the steps of a family by their `weight`. Steps of unknown analyzers have no share.
std::map<std::string, double> step_shares(const Pipeline& pipeline, const std::vector<plugin::Manifest>& plugins);

/// Lines of what would run: "weight 40.0 %  merges  tokenizer.merge-order, once per reference". Without the disk.
std::string steps_text(const Pipeline& pipeline, const std::vector<plugin::Manifest>& plugins);

/// The resolved pipeline as YAML that the reader reads to the same values (texts quoted, keys in order).
std::string resolved_yaml(const Pipeline& pipeline);

}  // namespace pedigree::pipeline
