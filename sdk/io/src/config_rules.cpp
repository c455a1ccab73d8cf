// SPDX-License-Identifier: MIT
#include "config_rules.hpp"

#include <algorithm>
#include <array>

#include "pedigree/io/json.hpp"

namespace pedigree::io::detail {
namespace {
using nlohmann::json;

bool is_true(const Section& section, std::string_view key) {
  const auto* value = section.find(key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::optional<std::int64_t> whole(const Section& section, std::string_view key) {
  const auto* value = section.find(key);
  return value == nullptr ? std::nullopt : json_integer(*value);
}

bool is_one_of(std::string_view text, std::span<const std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Classes whose intermediate_size is the width of one expert.
constexpr std::string_view kExpertWidthIsIntermediate[] = {"mixtral",
                                                           "phimoe",
                                                           "granitemoe",
                                                           "granitemoehybrid",
                                                           "granitemoeshared",
                                                           "olmoe",
                                                           "minimax_m2",
                                                           "gpt_oss",
                                                           "jamba",
                                                           "arctic",
                                                           "dbrx",
                                                           "minimax_m3",
                                                           "grok-1",
                                                           "llama4_text",
                                                           "minimax",
                                                           "grok-1-hf"};
/// Classes that name the epsilon of their RMSNorm like a LayerNorm's.
constexpr std::string_view kRmsUnderOtherName[] = {"qwen",  "exaone",    "nemotron_h",   "mimo_v2_flash",
                                                   "molmo", "internlm2", "deepseek_ref", "hyperclovax"};
/// Classes whose feed-forward is four times the width when nothing is said.
constexpr std::string_view kFourTimesWidth[] = {"gpt2",     "gptj",   "gpt_neo",     "codegen",
                                                "bloom",    "falcon", "gpt_bigcode", "mixformer-sequential",
                                                "phi-msft", "moss",   "RefinedWeb",  "RefinedWebModel"};

void convert_attention(const Section& section, ComponentConfig& component) {
  const bool new_falcon = is_true(section, "new_decoder_architecture");
  const bool one_head = is_true(section, "multi_query") && !new_falcon;
  if (one_head && section.find("num_key_value_heads") == nullptr)
    component.facts.insert_or_assign(
        std::string{fact::kKeyValueHeads},
        ConfigFact{std::int64_t{1}, FactOrigin::converted, section.path_of("multi_query")});
  // ChatGLM and CodeShell hold a group count that counts only with the switch on.
  const bool groups_off =
      section.find("multi_query_group_num") != nullptr && !is_true(section, "multi_query_attention");
  if (groups_off) component.facts.erase(std::string{fact::kKeyValueHeads});
}

void convert_feed_forward(const Section& section, ComponentConfig& component) {
  const auto width = component.integer(fact::kHiddenSize);
  if (component.model_type == "qwen" || component.model_type == "molmo") {
    if (const auto* both = component.find(fact::kIntermediateSize)) {
      const auto sum = std::get<std::int64_t>(both->value);
      component.facts.insert_or_assign(std::string{fact::kIntermediateSize},
                                       ConfigFact{sum / 2, FactOrigin::converted, both->path});
    }
  }
  if (!width) return;
  if (auto ratio = whole(section, "expansion_ratio"); ratio && *ratio > 0 && *ratio < 1000)
    supply(component, fact::kIntermediateSize, *ratio * *width, FactOrigin::converted,
           section.path_of("expansion_ratio"));
  if (auto factor = whole(section, "widening_factor"); factor && *factor > 0 && *factor < 1000)
    supply(component, fact::kIntermediateSize, *factor * *width * 2 / 3, FactOrigin::converted,
           section.path_of("widening_factor"));
  // Meta's params.json: two thirds of four times the width, scaled, rounded up.
  if (auto multiple = whole(section, "multiple_of"); multiple && *multiple > 0 && *multiple <= 1 << 20) {
    const auto* scale = section.find("ffn_dim_multiplier");
    const double factor = scale == nullptr ? 1.0 : json_number(*scale).value_or(1.0);
    const auto base = static_cast<double>(4 * *width * 2 / 3) * std::clamp(factor, 0.0, 1000.0);
    const auto rounded = (static_cast<std::int64_t>(base) + *multiple - 1) / *multiple * *multiple;
    supply(component, fact::kIntermediateSize, rounded, FactOrigin::converted, section.path_of("multiple_of"));
  }
}

std::string rope_kind(const Section& section, std::string& path) {
  for (std::string_view holder : {"rope_scaling", "rope_parameters"}) {
    const auto* object = section.find(holder);
    if (object == nullptr || !object->is_object()) continue;
    const json* source = object;
    path = section.path_of(holder);
    if (const auto full = object->find("full_attention"); full != object->end() && full->is_object()) {
      source = &*full;
      path += "/full_attention";
    }
    for (const char* key : {"rope_type", "type"}) {
      const auto found = source->find(key);
      if (found == source->end() || !found->is_string()) continue;
      path += std::string{"/"} + key;
      return found->get<std::string>();
    }
  }
  return {};
}

void add_rope_kind(const Section& section, ComponentConfig& component) {
  std::string path;
  const auto kind = rope_kind(section, path);
  const bool has_rope = component.find(fact::kRopeTheta) != nullptr || !kind.empty();
  if (!has_rope) return;
  const bool plain = kind.empty() || kind == "default" || kind == "none";
  supply(component, fact::kRopeScaling, plain ? std::string{"none"} : kind,
         kind.empty() ? FactOrigin::implied : FactOrigin::stated, path);
}

void add_norm_kind(const Section& section, ComponentConfig& component) {
  const auto* epsilon = component.find(fact::kNormEpsilon);
  const std::string path = epsilon == nullptr ? std::string{} : epsilon->path;
  const bool rms_named = path.find("rms") != std::string::npos;
  if (rms_named || is_true(section, "rmsnorm") || is_one_of(component.model_type, kRmsUnderOtherName)) {
    supply(component, fact::kNormKind, std::string{"RMSNorm"}, FactOrigin::implied, path);
  } else if (path.find("layer_norm") != std::string::npos || path.find("layernorm") != std::string::npos) {
    supply(component, fact::kNormKind, std::string{"LayerNorm"}, FactOrigin::implied, path);
  }
}

void add_head_facts(const Section& section, ComponentConfig& component) {
  const auto heads = component.integer(fact::kHeads);
  const auto width = component.integer(fact::kHiddenSize);
  const bool latent = component.find(fact::kKeyValueRank) != nullptr;
  if (heads && !latent)
    supply(component, fact::kKeyValueHeads, *heads, FactOrigin::implied, component.find(fact::kHeads)->path);
  if (heads && width && !latent && *width % *heads == 0)
    supply(component, fact::kHeadSize, *width / *heads, FactOrigin::implied, component.find(fact::kHiddenSize)->path);
  const auto size = component.integer(fact::kHeadSize);
  if (auto rotary = whole(section, "rotary_dim"); rotary && size && *size > 0 && *rotary > 0 && *rotary <= *size)
    supply(component, fact::kPartialRotary, static_cast<double>(*rotary) / static_cast<double>(*size),
           FactOrigin::converted, section.path_of("rotary_dim"));
}

}  // namespace

const json* Section::find(std::string_view key) const {
  const json* at = &object;
  while (true) {
    const auto slash = key.find('/');
    if (!at->is_object()) return nullptr;
    const auto found = at->find(std::string{key.substr(0, slash)});
    if (found == at->end() || found->is_null()) return nullptr;
    at = &*found;
    if (slash == std::string_view::npos) return at;
    key.remove_prefix(slash + 1);
  }
}

void supply(ComponentConfig& component, std::string_view name, ConfigValue value, FactOrigin origin, std::string path) {
  component.facts.try_emplace(std::string{name}, ConfigFact{std::move(value), origin, std::move(path)});
}

void convert_family_units(const Section& section, ComponentConfig& component) {
  convert_attention(section, component);
  convert_feed_forward(section, component);
  const auto* switched = section.find("use_sliding_window");
  const bool off = switched != nullptr && switched->is_boolean() && !switched->get<bool>();
  if (off) component.facts.erase(std::string{fact::kSlidingWindow});
  if (component.integer(fact::kSlidingWindow) == 0) component.facts.erase(std::string{fact::kSlidingWindow});
  if (component.integer(fact::kExperts) == 0) component.facts.erase(std::string{fact::kExperts});
}

void add_implied_facts(const Section& section, ComponentConfig& component) {
  const auto width = component.integer(fact::kHiddenSize);
  if (width && is_one_of(component.model_type, kFourTimesWidth))
    supply(component, fact::kIntermediateSize, 4 * *width, FactOrigin::implied,
           component.find(fact::kHiddenSize)->path);
  const bool experts = component.integer_or(fact::kExperts, 0) > 1;
  if (experts && is_one_of(component.model_type, kExpertWidthIsIntermediate))
    if (const auto* size = component.find(fact::kIntermediateSize))
      supply(component, fact::kExpertSize, size->value, FactOrigin::implied, size->path);
  add_rope_kind(section, component);
  add_norm_kind(section, component);
  add_head_facts(section, component);
}

}  // namespace pedigree::io::detail
