// SPDX-License-Identifier: MIT
// Any family's config.json in one vocabulary: which components a model has, and each component's
// facts under one name, with the place every fact was read from. Key aliases: docs/analyzers/architecture.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "pedigree/io/result.hpp"

namespace pedigree::io {

/// Canonical names of facts. A family's own name for the same thing is its alias.
namespace fact {
inline constexpr std::string_view kHiddenSize = "hidden_size";
inline constexpr std::string_view kLayers = "num_hidden_layers";
inline constexpr std::string_view kHeads = "num_attention_heads";
inline constexpr std::string_view kKeyValueHeads = "num_key_value_heads";
inline constexpr std::string_view kHeadSize = "head_dim";
inline constexpr std::string_view kIntermediateSize = "intermediate_size";
inline constexpr std::string_view kActivation = "hidden_act";
inline constexpr std::string_view kVocabularySize = "vocab_size";
inline constexpr std::string_view kContext = "max_position_embeddings";
inline constexpr std::string_view kNormEpsilon = "norm_eps";
inline constexpr std::string_view kNormKind = "norm_kind";  ///< "RMSNorm" or "LayerNorm"
inline constexpr std::string_view kRopeTheta = "rope_theta";
inline constexpr std::string_view kRopeScaling = "rope_scaling_type";  ///< "yarn", "llama3", "linear", "none" ...
inline constexpr std::string_view kRopeFactor = "rope_scaling_factor";
inline constexpr std::string_view kRopeOriginalContext = "rope_original_context";
inline constexpr std::string_view kPartialRotary = "partial_rotary_factor";
inline constexpr std::string_view kSlidingWindow = "sliding_window";
/// One letter per layer: G full attention, L sliding window, C chunked, K linear attention, M state
/// space, E experts only, F feed-forward only.
inline constexpr std::string_view kLayerPattern = "layer_pattern";
inline constexpr std::string_view kTiedEmbeddings = "tie_word_embeddings";
inline constexpr std::string_view kExperts = "experts";
inline constexpr std::string_view kSharedExperts = "shared_experts";
inline constexpr std::string_view kExpertsPerToken = "experts_per_token";
inline constexpr std::string_view kExpertSize = "moe_intermediate_size";
inline constexpr std::string_view kSharedExpertSize = "shared_expert_intermediate_size";
inline constexpr std::string_view kFirstDense = "first_dense_layers";
/// Layers with experts, where not every layer after the first dense ones has them.
inline constexpr std::string_view kExpertLayers = "expert_layers";
inline constexpr std::string_view kRoutedScaling = "routed_scaling_factor";
inline constexpr std::string_view kScoring = "scoring_func";
inline constexpr std::string_view kQueryRank = "q_lora_rank";
inline constexpr std::string_view kKeyValueRank = "kv_lora_rank";
inline constexpr std::string_view kRopeHeadSize = "qk_rope_head_dim";
inline constexpr std::string_view kNopeHeadSize = "qk_nope_head_dim";
inline constexpr std::string_view kValueHeadSize = "v_head_dim";
inline constexpr std::string_view kAttentionBias = "attention_bias";
inline constexpr std::string_view kAttentionGate = "attention_output_gate";  ///< the query projection doubles
inline constexpr std::string_view kGlobalHeadSize = "global_head_dim";       ///< of full-attention layers, if other
inline constexpr std::string_view kGlobalKeyValueHeads = "global_key_value_heads";
inline constexpr std::string_view kKeysAreValues = "keys_are_values";  ///< full-attention layers have one projection
inline constexpr std::string_view kExpertLatentSize = "expert_latent_size";  ///< experts work in a narrower space
inline constexpr std::string_view kPerLayerInput = "per_layer_input_size";
/// Gated linear attention (Gated DeltaNet, Kimi Delta Attention).
inline constexpr std::string_view kLinearKeyHeads = "linear_key_heads";
inline constexpr std::string_view kLinearValueHeads = "linear_value_heads";
inline constexpr std::string_view kLinearKeySize = "linear_key_head_dim";
inline constexpr std::string_view kLinearValueSize = "linear_value_head_dim";
inline constexpr std::string_view kLinearKernel = "linear_conv_kernel";
/// State-space layers (Mamba, Mamba-2).
inline constexpr std::string_view kStateHeads = "ssm_heads";
inline constexpr std::string_view kStateHeadSize = "ssm_head_dim";
inline constexpr std::string_view kStateSize = "ssm_state_size";
inline constexpr std::string_view kStateGroups = "ssm_groups";
inline constexpr std::string_view kStateKernel = "ssm_conv_kernel";
inline constexpr std::string_view kStateExpansion = "ssm_expand";
inline constexpr std::string_view kOutputSize = "out_hidden_size";  ///< encoders: width handed to the decoder
inline constexpr std::string_view kPatchSize = "patch_size";
}  // namespace fact

using ConfigValue = std::variant<bool, std::int64_t, double, std::string>;

/// How a fact is known.
enum class FactOrigin : std::uint8_t {
  stated,         ///< the file says it
  converted,      ///< the file says it in another unit (Qwen-1 counts gate and up together)
  implied,        ///< follows from other facts of the file (GPT-2: four times the width)
  class_default,  ///< what the class of this model_type takes when the key is absent
};
std::string_view to_string(FactOrigin origin);

struct ConfigFact {
  ConfigValue value;
  FactOrigin origin = FactOrigin::stated;
  std::string path;  ///< JSON pointer of the key it rests on, "/text_config/n_head"; "" for a default
};

/// A value that could not be used. Codes: CFG_TYPE, CFG_RANGE, CFG_CONFLICT.
struct ConfigProblem {
  std::string code, path, message;
};

/// Equal as numbers (1000000 and 1e6 are), or equal text or truth values.
bool same_value(const ConfigValue& a, const ConfigValue& b);
/// Shortest text: "4096", "1e-06", "silu", "true".
std::string to_text(const ConfigValue& value);

/// One part of a model, as its config describes it.
struct ComponentConfig {
  std::string component;   ///< text_decoder vision_encoder audio_encoder projector talker
  std::string root;        ///< JSON pointer of its object, "" for the document
  std::string model_type;  ///< of that object, else of the document
  std::map<std::string, ConfigFact, std::less<>> facts;

  const ConfigFact* find(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::string text(std::string_view name) const;  ///< "" when absent
  std::int64_t integer_or(std::string_view name, std::int64_t fallback) const {
    return integer(name).value_or(fallback);
  }
};

struct ModelConfig {
  std::string model_type;  ///< of the document
  std::vector<std::string> architectures;
  std::vector<ComponentConfig> components;  ///< text_decoder first where there is one
  std::vector<ConfigProblem> problems;

  const ComponentConfig* find(std::string_view component) const;
};

/// Interprets a parsed config (config.json, Meta's params.json). Never fails: what cannot be used
/// is in `problems`, and a document without any shape has no components. Pure, thread-safe.
ModelConfig interpret_config(const nlohmann::json& document);

/// Parses (config_json_limits) and interprets. Errors: those of parse_json, CFG_SHAPE when the
/// document is no object or describes no component at all.
Result<ModelConfig> read_config(std::string_view text, std::string_view file = {});

}  // namespace pedigree::io
