// SPDX-License-Identifier: MIT
#include "pedigree/io/gguf_config.hpp"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace pedigree::io {
namespace {
using nlohmann::json;

struct Key {
  std::string_view gguf, config;
};
constexpr Key kIntegers[] = {{"embedding_length", "hidden_size"},
                             {"block_count", "num_hidden_layers"},
                             {"context_length", "max_position_embeddings"},
                             {"vocab_size", "vocab_size"},
                             {"attention.sliding_window", "sliding_window"},
                             {"expert_count", "n_routed_experts"},
                             {"expert_used_count", "num_experts_per_tok"},
                             {"expert_shared_count", "n_shared_experts"},
                             {"expert_feed_forward_length", "moe_intermediate_size"},
                             {"expert_shared_feed_forward_length", "shared_expert_intermediate_size"},
                             {"leading_dense_block_count", "first_k_dense_replace"},
                             {"attention.q_lora_rank", "q_lora_rank"},
                             {"attention.kv_lora_rank", "kv_lora_rank"},
                             {"rope.scaling.original_context_length", "original_max_position_embeddings"},
                             {"nextn_predict_layers", "num_nextn_predict_layers"}};
/// One value, or a list with one value per layer.
constexpr Key kPerLayer[] = {{"feed_forward_length", "intermediate_size"},
                             {"attention.head_count", "num_attention_heads"},
                             {"attention.head_count_kv", "num_key_value_heads"}};
constexpr Key kNumbers[] = {{"attention.layer_norm_rms_epsilon", "rms_norm_eps"},
                            {"attention.layer_norm_epsilon", "layer_norm_epsilon"},
                            {"rope.freq_base", "rope_theta"},
                            {"expert_weights_scale", "routed_scaling_factor"},
                            {"logit_scale", "logit_scale"}};
constexpr Key kTokens[] = {{"tokenizer.ggml.bos_token_id", "bos_token_id"},
                           {"tokenizer.ggml.eos_token_id", "eos_token_id"},
                           {"tokenizer.ggml.padding_token_id", "pad_token_id"}};

/// The shortest decimal of the 32-bit float, as a double: what the converter read before it rounded.
double as_written(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), static_cast<float>(value)).ptr;
  double out = value;
  std::from_chars(text.data(), end, out);
  return out;
}

void add_heads(const GgufFile& file, json& config) {
  const auto key = file.architecture_integer("attention.key_length");
  const bool latent = config.contains("kv_lora_rank");
  if (!latent && key) config["head_dim"] = *key;
  if (!latent) return;
  const auto whole = file.architecture_integer("attention.key_length_mla");
  const auto rope = file.architecture_integer("rope.dimension_count");
  const auto value = file.architecture_integer("attention.value_length_mla");
  if (rope) config["qk_rope_head_dim"] = *rope;
  const auto query_key = whole ? whole : key;
  if (rope && query_key && *query_key > *rope) config["qk_nope_head_dim"] = *query_key - *rope;
  if (const auto size = value ? value : file.architecture_integer("attention.value_length"))
    config["v_head_dim"] = *size;
}

void add_rope_scaling(const GgufFile& file, const std::string& prefix, json& config) {
  const auto kind = file.text(prefix + "rope.scaling.type");
  if (!kind) return;
  config["rope_scaling"] = {{"type", std::string{*kind}}};
  if (const auto factor = file.architecture_number("rope.scaling.factor"))
    config["rope_scaling"]["factor"] = as_written(*factor);
}

/// "https://huggingface.co/org/name" -> "org/name"; "" for anything else.
std::string hub_id(std::string_view address) {
  while (!address.empty() && address.back() == '/') address.remove_suffix(1);
  const auto name = address.rfind('/');
  if (name == std::string_view::npos || name == 0) return {};
  const auto organisation = address.rfind('/', name - 1);
  if (organisation == std::string_view::npos) return {};
  return std::string{address.substr(organisation + 1)};
}

}  // namespace

json config_of(const GgufFile& file) {
  json config = json::object();
  const std::string architecture{file.architecture()};
  if (architecture.empty()) return config;
  const std::string prefix = architecture + ".";
  config["model_type"] = architecture;
  for (const auto& [gguf, name] : kIntegers)
    if (const auto value = file.architecture_integer(gguf)) config[std::string{name}] = *value;
  for (const auto& [gguf, name] : kPerLayer) {
    if (const auto value = file.architecture_integer(gguf)) {
      config[std::string{name}] = *value;
    } else if (auto list = file.integers(prefix + std::string{gguf}); list && list->size() <= 4096) {
      config[std::string{name}] = *list;
    }
  }
  for (const auto& [gguf, name] : kNumbers)
    if (const auto value = file.architecture_number(gguf)) config[std::string{name}] = as_written(*value);
  for (const auto& [gguf, name] : kTokens)
    if (const auto value = file.integer(gguf)) config[std::string{name}] = *value;
  if (const auto* tokens = file.find("tokenizer.ggml.tokens"); tokens != nullptr && !config.contains("vocab_size"))
    config["vocab_size"] = tokens->count;
  add_heads(file, config);
  add_rope_scaling(file, prefix, config);
  return config;
}

std::vector<std::string> base_models_of(const GgufFile& file) {
  std::vector<std::string> bases;
  const auto count = file.integer("general.base_model.count").value_or(0);
  for (std::int64_t i = 0; i < count && i < 100; ++i) {
    const std::string prefix = "general.base_model." + std::to_string(i) + ".";
    std::string id;
    if (const auto address = file.text(prefix + "repo_url")) id = hub_id(*address);
    const auto name = file.text(prefix + "name");
    if (id.empty() && name) id = std::string{*name};
    if (!id.empty()) bases.push_back(std::move(id));
  }
  return bases;
}

}  // namespace pedigree::io
