// SPDX-License-Identifier: MIT
// What a model says about its own origin: the front matter of README.md, and adapter_config.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/result.hpp"

namespace pedigree::io {

/// The YAML front matter of a Hub model card, as far as origin is concerned.
struct ModelCard {
  std::vector<std::string> base_models;  ///< base_model:, one or many, in the file's order
  std::string relation;                  ///< base_model_relation: finetune adapter quantized merge, or ""
  std::string license;
  std::vector<std::string> datasets;
  std::vector<std::string> tags;
};

/// Reads "---\n...\n---" at the start of the text: top-level keys with a scalar, a flow list or a
/// block list; every other construct of YAML is passed over. Looks at the first 256 KiB only. A
/// text without front matter gives an empty card. Errors: CARD_FRONT_MATTER (opened, never closed).
Result<ModelCard> read_model_card(std::string_view text, std::string_view file = {});

/// A LoRA or other PEFT adapter.
struct AdapterConfig {
  std::string base_model;  ///< base_model_name_or_path
  std::string kind;        ///< peft_type
};

/// Errors: those of parse_json, CFG_SHAPE when the document is no object.
Result<AdapterConfig> read_adapter_config(std::string_view text, std::string_view file = {});

}  // namespace pedigree::io
