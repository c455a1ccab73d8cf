// SPDX-License-Identifier: MIT
// All that the analyzer knows about one model, gathered from its artifacts.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/config.hpp"
#include "pedigree/io/model_card.hpp"

namespace pedigree::architecture {

struct ModelFacts {
  std::string id;
  std::string role;
  std::optional<io::ModelConfig> config;  ///< config.json before GGUF metadata before the catalog's
  nlohmann::json document;                ///< the same config as parsed; null when there is none
  std::string config_name;                ///< "config.json" or "catalog:.../config.json"
  int config_rank = 0;                    ///< 3 a config file, 2 GGUF metadata, 1 the catalog, 0 none
  nlohmann::json card;                    ///< the catalog's card; null when there is none
  std::optional<io::ModelCard> model_card;
  std::string model_card_name;
  std::optional<io::AdapterConfig> adapter;
  std::string adapter_name;
  std::vector<std::string> gguf_bases;  ///< general.base_model of a GGUF file
  std::string gguf_name;
  nlohmann::json generation;  ///< generation_config.json; null when there is none
  std::string generation_name;
  std::vector<std::string> problems;  ///< artifacts that could not be read, for the log and for errors

  const io::ComponentConfig* component(std::string_view name) const;
  const io::ComponentConfig* decoder() const { return component(component::kTextDecoder); }
  /// The model's id and the aliases of its card.
  std::vector<std::string> names() const;
  /// True when `name` is the model's id or an alias; ASCII case is ignored.
  bool is_named(std::string_view name) const;
  /// A whole number of the card, e.g. "parameters".
  std::optional<std::int64_t> card_integer(const char* key) const;
  std::string card_text(const char* key) const;
};

/// Reads the artifacts of one model. Never throws for bad content: see `problems`.
ModelFacts gather_facts(const Request& request, const ModelRef& model);

}  // namespace pedigree::architecture
