// SPDX-License-Identifier: MIT
// One letter per layer, from the many notations of mixed-attention models.
#include <algorithm>
#include <cctype>

#include "config_rules.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::io::detail {
namespace {
using nlohmann::json;

constexpr std::int64_t kMostLayers = 4096;

char letter_of(std::string_view kind) {
  const auto has = [&](std::string_view part) { return kind.find(part) != std::string_view::npos; };
  if (has("sliding") || has("window") || has("local")) return 'L';
  if (has("chunk")) return 'C';
  if (has("linear") || has("delta") || has("kda")) return 'K';
  if (has("mamba") || has("ssm") || has("recurrent")) return 'M';
  if (has("moe")) return 'E';
  if (has("mlp")) return 'F';
  return 'G';
}

/// layer_types, layers_block_type: a list of words. hybrid_layer_pattern, attn_type_list: 0 and 1.
std::string from_list(const json& list, char zero, char one) {
  std::string pattern;
  if (!list.is_array() || list.size() > static_cast<std::size_t>(kMostLayers)) return pattern;
  for (const auto& item : list) {
    if (item.is_string()) {
      pattern += letter_of(item.get_ref<const std::string&>());
    } else if (const auto number = json_integer(item)) {
      pattern += *number == 0 ? zero : one;
    } else {
      return {};
    }
  }
  return pattern;
}

/// Repeats a period over all layers.
std::string tiled(std::string_view period, std::int64_t layers) {
  std::string pattern;
  for (std::int64_t i = 0; i < layers; ++i) pattern += period[static_cast<std::size_t>(i) % period.size()];
  return pattern;
}

/// Every `interval`-th layer is full, the others are `other`.
std::string every(std::int64_t interval, char other, std::int64_t layers) {
  if (interval < 1 || interval > kMostLayers) return {};
  return tiled(std::string(static_cast<std::size_t>(interval - 1), other) + "G", layers);
}

/// Nemotron-H: M state space, * attention, E experts, - feed-forward.
std::string from_nemotron(std::string text) {
  if (text.size() > static_cast<std::size_t>(kMostLayers)) return {};
  for (char& c : text) {
    if (c == '*') c = 'G';
    if (c == '-') c = 'F';
    if (c != 'G' && c != 'M' && c != 'E' && c != 'F') return {};
  }
  return text;
}

std::string pattern_by_period(const Section& section, std::int64_t layers, std::string& path) {
  const auto at = [&](std::string_view key) {
    path = section.path_of(key);
    return section.find(key);
  };
  if (const auto* text = at("sliding_window_pattern")) {
    if (text->is_string()) {
      auto period = text->get<std::string>();
      for (char& c : period) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      const bool letters = !period.empty() && period.find_first_not_of("LG") == std::string::npos;
      return letters && period.size() <= static_cast<std::size_t>(kMostLayers) ? tiled(period, layers) : std::string{};
    }
    if (const auto number = json_integer(*text)) return every(*number, 'L', layers);
  }
  if (const auto* interval = at("full_attention_interval"))
    if (const auto number = json_integer(*interval)) return every(*number, 'K', layers);
  if (const auto* period = at("attn_layer_period")) {
    const auto number = json_integer(*period);
    const auto* offset_value = section.find("attn_layer_offset");
    const auto offset = offset_value == nullptr ? 0 : json_integer(*offset_value).value_or(0);
    if (number && *number > 0 && *number <= kMostLayers && offset >= 0 && offset < *number) {
      std::string block(static_cast<std::size_t>(*number), 'M');
      block[static_cast<std::size_t>(offset)] = 'G';
      return tiled(block, layers);
    }
  }
  return {};
}

std::string pattern_of(const Section& section, const ComponentConfig& component, std::string& path) {
  for (std::string_view key : {"layer_types", "layers_block_type"}) {
    if (const auto* list = section.find(key)) {
      path = section.path_of(key);
      return from_list(*list, 'G', 'G');
    }
  }
  if (const auto* list = section.find("hybrid_layer_pattern")) {
    path = section.path_of("hybrid_layer_pattern");
    return from_list(*list, 'G', 'L');
  }
  if (const auto* text = section.find("hybrid_override_pattern"); text != nullptr && text->is_string()) {
    path = section.path_of("hybrid_override_pattern");
    return from_nemotron(text->get<std::string>());
  }
  const auto layers = component.integer_or(fact::kLayers, 0);
  if (layers < 1 || layers > kMostLayers) return {};
  if (auto pattern = pattern_by_period(section, layers, path); !pattern.empty()) return pattern;
  if (const auto* list = section.find("linear_attn_config/full_attn_layers"); list != nullptr && list->is_array()) {
    path = section.path_of("linear_attn_config/full_attn_layers");
    std::string pattern(static_cast<std::size_t>(layers), 'K');
    for (const auto& item : *list)  // numbered from 1
      if (const auto number = json_integer(item); number && *number >= 1 && *number <= layers)
        pattern[static_cast<std::size_t>(*number - 1)] = 'G';
    return pattern;
  }
  path.clear();
  for (std::string_view pure : {"mamba", "mamba2", "falcon_mamba"})
    if (component.model_type == pure) return tiled("M", layers);
  if (component.model_type == "gemma2") return tiled("LG", layers);
  if (component.model_type == "gemma3_text") return tiled("LLLLLG", layers);
  if (component.find(fact::kSlidingWindow) == nullptr) return {};
  path = component.find(fact::kSlidingWindow)->path;
  return tiled("L", layers);
}

/// Layers that a list marks as having experts: true, a number other than 0, "sparse", "moe".
std::optional<std::int64_t> marked_layers(const json& list) {
  if (!list.is_array() || list.empty() || list.size() > static_cast<std::size_t>(kMostLayers)) return std::nullopt;
  std::int64_t count = 0;
  for (const auto& item : list) {
    if (item.is_boolean()) {
      count += item.get<bool>() ? 1 : 0;
    } else if (const auto number = json_integer(item)) {
      count += *number != 0 ? 1 : 0;
    } else if (item.is_string()) {
      count += item.get_ref<const std::string&>() != "dense" ? 1 : 0;
    } else {
      return std::nullopt;
    }
  }
  return count;
}

}  // namespace

void add_expert_layers(const Section& section, ComponentConfig& component) {
  const auto layers = component.integer_or(fact::kLayers, 0);
  if (component.integer_or(fact::kExperts, 0) < 2 || layers < 1) return;
  for (std::string_view key : {"is_moe_layer", "moe_layer_freq", "mlp_layer_types"}) {
    const auto* list = section.find(key);
    if (list == nullptr || !list->is_array()) continue;
    if (const auto count = marked_layers(*list); count && static_cast<std::int64_t>(list->size()) == layers)
      return supply(component, fact::kExpertLayers, *count, FactOrigin::converted, section.path_of(key));
  }
  if (const auto* pattern = component.find(fact::kLayerPattern)) {
    const auto text = component.text(fact::kLayerPattern);
    const auto count = std::count(text.begin(), text.end(), 'E');
    if (count > 0)
      return supply(component, fact::kExpertLayers, std::int64_t{count}, FactOrigin::converted, pattern->path);
  }
  std::int64_t every_nth = 1;
  std::string path;
  for (std::string_view key : {"interleave_moe_layer_step", "decoder_sparse_step", "expert_layer_period"}) {
    const auto* step = section.find(key);
    if (step == nullptr) continue;
    every_nth = std::clamp<std::int64_t>(json_integer(*step).value_or(1), 1, layers);
    path = section.path_of(key);
  }
  const auto* first = component.find(fact::kFirstDense);
  const auto dense = std::min(component.integer_or(fact::kFirstDense, 0), layers);
  if (path.empty() && first != nullptr) path = first->path;
  supply(component, fact::kExpertLayers, (layers - dense) / every_nth, FactOrigin::implied, path);
}

void add_layer_pattern(const Section& section, ComponentConfig& component) {
  std::string path;
  auto pattern = pattern_of(section, component, path);
  if (pattern.empty()) return;
  if (component.find(fact::kLayers) == nullptr)
    supply(component, fact::kLayers, static_cast<std::int64_t>(pattern.size()), FactOrigin::implied, path);
  if (pattern.find_first_not_of('G') == std::string::npos) return;
  const auto origin = path.empty() ? FactOrigin::class_default : FactOrigin::stated;
  supply(component, fact::kLayerPattern, std::move(pattern), origin, path);
}

}  // namespace pedigree::io::detail
