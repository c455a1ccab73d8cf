// SPDX-License-Identifier: MIT
// A report with the details of every picture, small enough to check by eye.
#pragma once

#include <cmath>
#include <string>

#include "tests/unit/report/sample_reports.hpp"

namespace pedigree::report::testing {

inline EvidenceRecord with_details(Family family, const std::string& signal, const std::string& reference,
                                   nlohmann::json details, nlohmann::json params = nlohmann::json::object()) {
  auto record = verdict::testing::evidence(family, signal, 0, reference, "none");
  record.summary_key = "sample.picture";
  record.params = std::move(params);
  record.details = std::move(details);
  return record;
}

inline std::vector<EvidenceRecord> picture_evidence(const std::string& parent, const std::string& other) {
  using nlohmann::json;
  json map = json::array(), layers = json::array(), gains = json::array(), scatter = json::array(),
       curve = json::array(), steps = json::array(), losses = json::array();
  for (int layer = 0; layer < 4; ++layer) {
    json roles;
    for (const char* role : {"q", "k", "v", "o", "gate", "up", "down"}) {
      roles[role] = {{"share", 0.9 - 0.1 * layer}};
      layers.push_back({{"layer", layer}, {"role", role}, {"cosine", 0.9}, {"centred", 0.89}, {"elements", 4096}});
    }
    map.push_back({{"layer", layer}, {"source", layer}, {"share", 1 - 0.2 * layer}, {"roles", roles}});
    for (const char* role : {"attention_norm", "mlp_norm"})
      gains.push_back({{"layer", layer}, {"role", role}, {"cosine", 0.99}, {"pearson", 0.01}, {"elements", 128}});
  }
  for (int i = 0; i < 60; ++i) scatter.push_back({10 * i, 10 * i + (i > 30 ? 5 : 0)});
  for (const char* month : {"2023-01", "2023-04", "2023-07", "2023-10", "2024-01"})
    curve.push_back({{"month", month}, {"accuracy", std::string{month} < "2023-10" ? 0.8 : 0.1}, {"answers", 9}});
  for (int step = 1; step < 300; step += 7) {
    steps.push_back(step);
    losses.push_back(2.5 + 8 * std::pow(step, -0.4));
  }
  const json rows{{{"key", "hidden_size"}, {"mark", "equal"}, {"subject", "4096"}, {"reference", "4096"}},
                  {{"key", "rope_theta"}, {"mark", "different"}, {"subject", "10000"}, {"reference", "1000000"}},
                  {{"key", "q_lora_rank"}, {"mark", "both_absent"}}};
  return {with_details(Family::weight, "weight.lineage", parent, {{"inheritance_map", map}}),
          with_details(Family::weight, "weight.layer-cosine", parent, {{"layers", layers}}),
          with_details(Family::weight, "weight.norm-gains", parent,
                       {{"gains", gains}, {"raw_cosine_of_neighbouring_layers_of_the_subject", 0.98}}),
          with_details(Family::weight, "weight.pca", parent,
                       {{"explained", 0.7},
                        {"points",
                         {{{"model", "subject"}, {"layer", 0}, {"x", 1}, {"y", 2}},
                          {{"model", "reference"}, {"layer", 0}, {"x", 1.1}, {"y", 2}}}}}),
          with_details(Family::tokenizer, "tokenizer.overlap", parent,
                       {{"venn", {{"subject_only", 500}, {"common", 1500}, {"reference_only", 100}}}}),
          with_details(Family::tokenizer, "tokenizer.merge-order", parent,
                       {{"scatter", scatter}, {"shifts", {{{"by", 0}, {"items", 31}}, {{"by", 5}, {"items", 29}}}}}),
          with_details(Family::tokenizer, "tokenizer.ancestor", "",
                       {{"intersections",
                         {{{"in", {"cl100k"}}, {"tokens", 1200}},
                          {{"in", {"cl100k", "qwen"}}, {"tokens", 300}},
                          {{"in", json::array()}, {"tokens", 500}}}}}),
          with_details(Family::architecture, "architecture.core-match", parent, {{"rows", rows}}),
          with_details(Family::architecture, "architecture.core-match", other, {{"rows", rows}}),
          with_details(Family::behavior, "behavior.knowledge-cutoff", "", {{"curve", curve}},
                       {{"month", "2023-07"}, {"low", "2023-06"}, {"high", "2023-09"}}),
          with_details(Family::behavior, "behavior.same-cutoff", parent, {{"curve", curve}}),
          with_details(Family::behavior, "behavior.tree", "",
                       {{"newick", "((PrimeIntellect/INTELLECT-3:0.1,'it''s':0.2)87:0.3,b:0.4,c:0.5);"},
                        {"ascii", "+\n|-- b\n`-- c\n"}}),
          with_details(Family::training_log, "training_log.initial-loss", "",
                       {{"curve", {{"step", steps}, {"loss", losses}}},
                        {"log_vocabulary", 11.2},
                        {"fit", {{"step", {10, 100}}, {"loss", {5.7, 3.8}}, {"E", 2.5}, {"B", 8}, {"beta", 0.4}}}},
                       {{"log", "train.log"}}),
          with_details(Family::training_log, "training_log.compute", "", json::object()),
          with_details(Family::training_log, "training_log.token-balance", "", json::object()),
          with_details(Family::training_log, "training_log.chinchilla", "", json::object(),
                       {{"loss", 2.6}, {"hoffmann", 2.5}, {"besiroglu", 2.4}})};
}

inline nlohmann::json pictured_report(const std::string& lang = "en") {
  auto case_ = sample_case();
  case_.missing_references.clear();
  const std::string parent = "zai-org/GLM-4.5-Air", other = "mistralai/Mixtral-8x7B-v0.1";
  case_.evidence = picture_evidence(parent, other);
  case_.evidence.push_back(unit_match(0.998, parent, 6, -2212.4, "derived"));
  return report_of("PrimeIntellect/INTELLECT-3", "Is INTELLECT-3 a fine-tune of GLM-4.5-Air?", case_, lang);
}

}  // namespace pedigree::report::testing
