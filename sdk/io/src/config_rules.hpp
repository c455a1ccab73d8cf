// SPDX-License-Identifier: MIT
// What follows from a config beyond its aliases (internal to sdk/io).
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "pedigree/io/config.hpp"

namespace pedigree::io::detail {

/// One object of a config with its place in the document.
struct Section {
  const nlohmann::json& object;
  std::string pointer;  ///< "" for the document

  /// The non-null value of a key ("a/b" descends into objects), or nullptr.
  const nlohmann::json* find(std::string_view key) const;
  std::string path_of(std::string_view key) const { return pointer + "/" + std::string{key}; }
};

/// Writes a fact unless it is known already.
void supply(ComponentConfig& component, std::string_view name, ConfigValue value, FactOrigin origin,
            std::string path = {});

/// Units that differ by family: Qwen-1 and Molmo count gate and up together, DBRX nests, Falcon's
/// multi_query, Meta's multiple_of. Runs before the implied facts.
void convert_family_units(const Section& section, ComponentConfig& component);
/// Facts that follow from others: head size, MHA's key-value heads, four times the width, RoPE kind.
void add_implied_facts(const Section& section, ComponentConfig& component);
/// What the class of a model_type takes for keys that are absent (transformers' configuration classes).
void add_class_defaults(ComponentConfig& component);
/// One letter per layer, from whatever notation the family uses; absent when all layers are alike
/// and full.
void add_layer_pattern(const Section& section, ComponentConfig& component);

/// How many layers hold experts; absent for dense models and when nothing is said.
void add_expert_layers(const Section& section, ComponentConfig& component);

}  // namespace pedigree::io::detail
