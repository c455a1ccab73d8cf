// SPDX-License-Identifier: MIT
// A pipeline after reading, extending, interpolating and checking: plain values, ready to run.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pedigree::pipeline {

/// A model as the pipeline names it. Paths are absolute (resolved against the pipeline's folder).
struct ModelSpec {
  std::string id;        ///< Hub id, catalog id, or the reference's key
  std::string role;      ///< "subject" "suspect" "control" "ancestor"
  std::string revision;  ///< empty: the cache's main, or none
  std::string path;      ///< explicit folder or file; empty: resolve by id
  /// role -> paths (globs expanded). An empty list says "known to be absent".
  std::map<std::string, std::vector<std::string>> artifacts;
};

struct Limits {
  std::chrono::seconds wall{600};
  std::uint64_t memory_bytes = 2ull << 30;
  unsigned threads = 0;  ///< 0: the host's share
};

enum class OnError { inconclusive, abort };

struct AnalyzerStep {
  std::string id;       ///< the step's name in the pipeline
  std::string use;      ///< analyzer id, "tokenizer.overlap"
  double weight = 1.0;  ///< multiplies the family's weight
  nlohmann::json with = nlohmann::json::object();
  Limits limits;
  OnError on_error = OnError::inconclusive;
};

/// What `references:` may hold beside single models.
struct ReferenceGroup {
  std::string group;  ///< catalog group name, or "all"
  std::string role = "suspect";
};

struct Expectation {
  std::optional<std::string> verdict;
  std::map<std::string, std::string> components;  ///< component -> label
  std::optional<int> min_score, max_score, assurance;
};

struct Pipeline {
  std::string file;  ///< as the user named it
  std::string name;
  std::string question, question_ko;  ///< the Korean one may be empty
  ModelSpec subject;
  std::vector<std::string> claim_scope;             ///< components claimed from scratch; empty: the whole model
  nlohmann::json claim = nlohmann::json::object();  ///< the claim's other facts (parameters, tokens, hardware ...)
  std::vector<ModelSpec> references;
  std::vector<ReferenceGroup> groups;
  std::vector<AnalyzerStep> analyzers;
  nlohmann::json verdict;  ///< the profile's `verdict:` section after merging; read by verdict::Profile::from_json
  std::string profile;     ///< name of the profile it extends
  std::map<std::string, std::string> trusted_plugins;  ///< plugin id -> "sha256:..."
  std::optional<Expectation> expect;
  std::uint64_t seed = 0;
  nlohmann::json resolved;  ///< the merged file, for pipeline.resolved.yaml and explain
};

}  // namespace pedigree::pipeline
