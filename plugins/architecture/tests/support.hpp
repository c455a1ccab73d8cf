// SPDX-License-Identifier: MIT
// What the tests of this plugin share.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "plugins/architecture/config_analyzer.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::architecture {

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A model known only from its catalog card, as the host gives it to the analyzer.
inline testing::Model card_model(const std::string& id) {
  auto name = id;
  name.replace(name.find('/'), 1, "__");
  const auto card = read_text(testing::source_path("pipelines/catalog/" + name + ".json"));
  const auto config = nlohmann::json::parse(card).at("config").dump();
  testing::Model model;
  model.id = id;
  model.memory = {{"config", "catalog:" + id + "/config.json", config},
                  {"catalog-card", "catalog:" + id + "/card.json", card}};
  return model;
}

/// A model with one config.json.
inline testing::Model config_model(const std::string& id, const std::string& config) {
  testing::Model model;
  model.id = id;
  model.memory = {{"config", "config.json", config}};
  return model;
}

inline testing::RunResult run(const std::vector<testing::Model>& models, std::string_view options = "{}") {
  return testing::run_analyzer<ConfigAnalyzer>(models, options);
}

/// Evidence of a signal about one component.
inline const Evidence* find(const testing::RunResult& result, std::string_view signal, std::string_view reference,
                            std::string_view component) {
  for (const auto& e : result.evidence)
    if (e.signal == signal && e.reference == reference && e.component == component) return &e;
  return nullptr;
}

inline nlohmann::json details_of(const Evidence& evidence) { return nlohmann::json::parse(evidence.details_json); }

/// The mark of one row of a table, "" when there is no such row.
inline std::string mark_of(const Evidence& evidence, std::string_view key) {
  const auto details = details_of(evidence);
  for (const auto& row : details["rows"])
    if (row["key"] == key) return row["mark"];
  return {};
}

}  // namespace pedigree::architecture
