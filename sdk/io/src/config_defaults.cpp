// SPDX-License-Identifier: MIT
// What transformers' configuration classes take when a key is absent. Facts of public classes,
// kept to the keys that are compared; a model_type that is not listed has no defaults here.
#include <algorithm>

#include "config_rules.hpp"

namespace pedigree::io::detail {
namespace {

struct ClassDefaults {
  std::string_view model_type;
  std::string_view activation;
  std::string_view norm;
  bool tied;
  double rope_theta;           ///< 0: the class has no rotary embedding
  std::int64_t head_size = 0;  ///< 0: width / heads
};

constexpr std::string_view kRms = "RMSNorm";
constexpr std::string_view kLayer = "LayerNorm";

constexpr ClassDefaults kDefaults[] = {
    {"AXK1", "silu", kRms, false, 10000},
    {"baichuan", "silu", kRms, false, 10000},
    {"bloom", "gelu", kLayer, true, 0},
    {"chatglm", "silu", kRms, false, 10000},
    {"codegen", "gelu_new", kLayer, false, 10000},
    {"codeshell", "gelu", kLayer, false, 10000},
    {"cohere", "silu", kLayer, true, 10000},
    {"dbrx", "silu", kLayer, false, 10000},
    {"deepseek", "silu", kRms, false, 10000},
    {"deepseek_v2", "silu", kRms, false, 10000},
    {"deepseek_v3", "silu", kRms, false, 10000},
    {"exaone", "silu", kRms, false, 10000},
    {"exaone4", "silu", kRms, false, 10000},
    {"falcon", "gelu", kLayer, true, 10000},
    {"gemma", "gelu_pytorch_tanh", kRms, true, 10000, 256},
    {"gemma2", "gelu_pytorch_tanh", kRms, true, 10000, 256},
    {"gemma3_text", "gelu_pytorch_tanh", kRms, true, 1000000, 256},
    {"glm4_moe", "silu", kRms, false, 10000, 128},
    {"gpt2", "gelu_new", kLayer, true, 0},
    {"gpt_bigcode", "gelu_pytorch_tanh", kLayer, true, 0},
    {"gpt_neo", "gelu_new", kLayer, true, 0},
    {"gpt_neox", "gelu", kLayer, false, 10000},
    {"gpt_oss", "silu", kRms, false, 150000, 64},
    {"gptj", "gelu_new", kLayer, false, 10000},
    {"granite", "silu", kRms, false, 10000},
    {"granitemoe", "silu", kRms, false, 10000},
    {"internlm2", "silu", kRms, false, 10000},
    {"jamba", "silu", kRms, false, 0},
    {"kimi_k2", "silu", kRms, false, 10000},
    {"llama", "silu", kRms, false, 10000},
    {"llama4_text", "silu", kRms, false, 500000},
    {"mistral", "silu", kRms, false, 10000},
    {"mixtral", "silu", kRms, false, 1000000},
    {"mpt", "gelu", kLayer, true, 0},
    {"nemotron", "relu2", "LayerNorm1P", false, 10000},
    {"nemotron_h", "relu2", kRms, false, 10000},
    {"olmo", "silu", "LayerNorm without parameters", false, 10000},
    {"olmo2", "silu", kRms, false, 10000},
    {"olmoe", "silu", kRms, false, 10000},
    {"opt", "relu", kLayer, true, 0},
    {"phi", "gelu_new", kLayer, false, 10000},
    {"phi3", "silu", kRms, false, 10000},
    {"phimoe", "silu", kLayer, false, 1000000},
    {"qwen", "silu", kRms, false, 10000},
    {"qwen2", "silu", kRms, false, 10000},
    {"qwen2_5_vl", "silu", kRms, false, 1000000},
    {"qwen2_moe", "silu", kRms, false, 10000},
    {"qwen3", "silu", kRms, false, 10000, 128},
    {"qwen3_moe", "silu", kRms, false, 10000},
    {"smollm3", "silu", kRms, true, 2000000},
    {"solar_open", "silu", kRms, false, 1000000, 128},
    {"stablelm", "silu", kLayer, false, 10000},
    {"starcoder2", "gelu_pytorch_tanh", kLayer, true, 10000},
};

}  // namespace

void add_class_defaults(ComponentConfig& component) {
  const auto* found = std::find_if(std::begin(kDefaults), std::end(kDefaults),
                                   [&](const ClassDefaults& d) { return d.model_type == component.model_type; });
  if (found == std::end(kDefaults)) return;
  constexpr auto kOrigin = FactOrigin::class_default;
  supply(component, fact::kActivation, std::string{found->activation}, kOrigin);
  supply(component, fact::kTiedEmbeddings, found->tied, kOrigin);
  component.facts.insert_or_assign(
      std::string{fact::kNormKind},
      ConfigFact{std::string{found->norm}, kOrigin,
                 component.find(fact::kNormEpsilon) == nullptr ? "" : component.find(fact::kNormEpsilon)->path});
  if (found->rope_theta > 0) {
    supply(component, fact::kRopeTheta, found->rope_theta, kOrigin);
    supply(component, fact::kRopeScaling, std::string{"none"}, FactOrigin::implied);
  }
  const auto* size = component.find(fact::kHeadSize);
  if (found->head_size != 0 && (size == nullptr || size->origin == FactOrigin::implied))
    component.facts.insert_or_assign(std::string{fact::kHeadSize}, ConfigFact{found->head_size, kOrigin, ""});
}

}  // namespace pedigree::io::detail
