// SPDX-License-Identifier: MIT
#include "plugins/architecture/parameters.hpp"

#include <algorithm>
#include <array>

#include "pedigree/evidence.hpp"

namespace pedigree::architecture {
namespace {
namespace fact = io::fact;
using io::ComponentConfig;

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Classes with two feed-forward matrices; all others have three (gate, up, down).
constexpr std::array<std::string_view, 20> kTwoMatrices{"gpt2",
                                                        "gptj",
                                                        "gpt_neo",
                                                        "gpt_neox",
                                                        "opt",
                                                        "bloom",
                                                        "falcon",
                                                        "mpt",
                                                        "gpt_bigcode",
                                                        "codegen",
                                                        "phi",
                                                        "moss",
                                                        "starcoder2",
                                                        "nemotron",
                                                        "apertus",
                                                        "codeshell",
                                                        "nemotron_h",
                                                        "whisper",
                                                        "mixformer-sequential",
                                                        "gpt_neox_reward_model"};
/// Classes with a bias in every linear layer and in the norms.
constexpr std::array<std::string_view, 13> kAllBiases{"gpt2",
                                                      "opt",
                                                      "bloom",
                                                      "gpt_neox",
                                                      "gpt_bigcode",
                                                      "phi",
                                                      "starcoder2",
                                                      "codeshell",
                                                      "whisper",
                                                      "gpt_oss",
                                                      "phimoe",
                                                      "mixformer-sequential",
                                                      "gpt_neox_reward_model"};
/// Classes with a bias in query, key and value only.
constexpr std::array<std::string_view, 7> kInputBiases{"qwen",    "qwen2",    "qwen2_moe", "qwen2_5_vl",
                                                       "chatglm", "glm4_moe", "molmo"};
/// Classes with learned position embeddings.
constexpr std::array<std::string_view, 5> kLearnedPositions{"gpt2", "opt", "gpt_neo", "gpt_bigcode", "whisper"};

/// Shape of the decoder, all known before counting starts.
struct Shape {
  double width = 0, layers = 0, heads = 0, groups = 0, head = 0, value_head = 0, vocabulary = 0;
  bool gated = true, all_biases = false, input_biases = false, tied = false;
};

/// The first fact that is needed and missing, or "".
std::string missing_fact(const ComponentConfig& c) {
  for (auto key : {fact::kHiddenSize, fact::kLayers, fact::kHeads, fact::kVocabularySize})
    if (!c.integer(key)) return std::string{key};
  const bool latent = c.find(fact::kKeyValueRank) != nullptr;
  if (!latent && !c.integer(fact::kKeyValueHeads)) return std::string{fact::kKeyValueHeads};
  if (!latent && !c.integer(fact::kHeadSize)) return std::string{fact::kHeadSize};
  if (latent && (!c.integer(fact::kRopeHeadSize) || !c.integer(fact::kNopeHeadSize)))
    return std::string{fact::kRopeHeadSize};
  const bool experts = c.integer_or(fact::kExperts, 0) > 1;
  if (experts && !c.integer(fact::kExpertSize)) return std::string{fact::kExpertSize};
  if (experts && !c.integer(fact::kExpertsPerToken)) return std::string{fact::kExpertsPerToken};
  if (!experts && !c.integer(fact::kIntermediateSize)) return std::string{fact::kIntermediateSize};
  return {};
}

/// A part that no formula here covers, or "".
std::string unknown_part(const ComponentConfig& c) {
  const auto pattern = c.text(fact::kLayerPattern);
  if (pattern.find('K') != std::string::npos) return "linear-attention layers";
  if (pattern.find('M') != std::string::npos) return "state-space layers";
  if (c.model_type == "deepseek_v4" || c.model_type == "deepseek_ref") return "compressed attention";
  if (c.model_type.starts_with("gemma4")) return "layers with unequal heads";
  return {};
}

Shape shape_of(const ComponentConfig& c) {
  Shape s;
  const auto get = [&](std::string_view key) { return static_cast<double>(c.integer_or(key, 0)); };
  s.width = get(fact::kHiddenSize);
  s.layers = get(fact::kLayers);
  s.heads = get(fact::kHeads);
  s.groups = get(fact::kKeyValueHeads);
  s.head = get(fact::kHeadSize);
  s.value_head = c.integer(fact::kValueHeadSize) ? get(fact::kValueHeadSize) : s.head;
  s.vocabulary = get(fact::kVocabularySize);
  s.gated = !is_one_of(c.model_type, kTwoMatrices);
  s.all_biases = is_one_of(c.model_type, kAllBiases);
  s.input_biases = is_one_of(c.model_type, kInputBiases);
  s.tied = c.boolean(fact::kTiedEmbeddings).value_or(false);
  return s;
}

/// Latent attention (DeepSeek-V2, 2405.04434, section 2.1): low-rank query and joint key-value.
double latent_attention(const ComponentConfig& c, const Shape& s) {
  const auto rope = static_cast<double>(c.integer_or(fact::kRopeHeadSize, 0));
  const auto nope = static_cast<double>(c.integer_or(fact::kNopeHeadSize, 0));
  const auto rank = static_cast<double>(c.integer_or(fact::kKeyValueRank, 0));
  const auto value = c.integer(fact::kValueHeadSize) ? s.value_head : nope;
  const double query_out = s.heads * (rope + nope);
  const auto query_rank = static_cast<double>(c.integer_or(fact::kQueryRank, 0));
  const double query =
      query_rank > 0 ? s.width * query_rank + query_rank + query_rank * query_out : s.width * query_out;
  const double key_value = s.width * (rank + rope) + rank + rank * s.heads * (nope + value);
  return query + key_value + s.heads * value * s.width;
}

double attention_layer(const ComponentConfig& c, const Shape& s) {
  if (c.find(fact::kKeyValueRank) != nullptr) return latent_attention(c, s);
  const double inputs = s.heads * s.head + s.groups * (s.head + s.value_head);
  double count = s.width * inputs + s.heads * s.value_head * s.width;
  const bool input_biases = s.input_biases || c.boolean(fact::kAttentionBias).value_or(false);
  if (s.all_biases || input_biases) count += inputs;
  if (s.all_biases) count += s.width;
  return count;
}

double feed_forward(const Shape& s, double inner) {
  return (s.gated ? 3 : 2) * s.width * inner + (s.all_biases ? inner + s.width : 0);
}

/// Dense layers, experts, shared experts and routers, over all layers.
void count_feed_forward(const ComponentConfig& c, const Shape& s, ParameterEstimate& e, double& experts_active) {
  const auto dense_size = static_cast<double>(c.integer_or(fact::kIntermediateSize, 0));
  const auto experts = static_cast<double>(c.integer_or(fact::kExperts, 0));
  if (experts < 2) {
    e.dense_feed_forward = s.layers * feed_forward(s, dense_size);
    return;
  }
  const double moe_layers = std::clamp(static_cast<double>(c.integer_or(fact::kExpertLayers, 0)), 0.0, s.layers);
  const auto size = static_cast<double>(c.integer_or(fact::kExpertSize, 0));
  const auto per_token = std::min(experts, static_cast<double>(c.integer_or(fact::kExpertsPerToken, 0)));
  const double one = feed_forward(s, size);
  double dense_layers = s.layers - moe_layers;
  if (c.model_type == "arctic") dense_layers = s.layers;  // a dense network beside the experts
  e.dense_feed_forward = dense_layers * feed_forward(s, c.model_type == "arctic" ? s.width : dense_size);
  e.experts = moe_layers * experts * one;
  experts_active = moe_layers * per_token * one;
  e.router = moe_layers * experts * s.width;
  const auto shared_size = static_cast<double>(c.integer_or(fact::kSharedExpertSize, 0));
  auto shared = static_cast<double>(c.integer_or(fact::kSharedExperts, 0));
  if (c.model_type == "llama4_text") shared = 1;  // the class always has one
  if (shared_size > 0) {
    e.shared_experts = moe_layers * std::max(shared, 1.0) * feed_forward(s, shared_size);
  } else {
    e.shared_experts = moe_layers * shared * one;
  }
}

double norm_parameters(const ComponentConfig& c, const Shape& s) {
  const bool four = c.model_type == "gemma2" || c.model_type.starts_with("gemma3");
  const double each = s.width * (c.text(fact::kNormKind).starts_with("LayerNorm") ? 2 : 1);
  return s.layers * each * (four ? 4 : 2) + each;
}

/// Transformer blocks of an encoder plus its patch embedding; nothing when a width is missing.
std::optional<double> encoder_parameters(const ComponentConfig& c) {
  const auto width = c.integer(fact::kHiddenSize);
  const auto layers = c.integer(fact::kLayers);
  const auto inner = c.integer(fact::kIntermediateSize);
  if (!width || !layers || !inner) return std::nullopt;
  const auto d = static_cast<double>(*width);
  const bool gated = c.model_type == "qwen2_5_vl";
  const auto patch = static_cast<double>(c.integer_or(fact::kPatchSize, 0));
  const auto channels = static_cast<double>(c.integer_or("in_channels", 3));
  const auto frames = static_cast<double>(c.integer_or("temporal_patch_size", 1));
  return static_cast<double>(*layers) * (4 * d * d + (gated ? 3 : 2) * d * static_cast<double>(*inner) + 6 * d) +
         patch * patch * channels * frames * d;
}

void add_encoders(const io::ModelConfig& config, ParameterEstimate& e, std::string& omitted) {
  for (const auto& c : config.components) {
    const bool vision = c.component == component::kVisionEncoder;
    if (!vision && c.component != component::kAudioEncoder) continue;
    if (const auto count = encoder_parameters(c)) {
      (vision ? e.vision : e.audio) += *count;
    } else {
      omitted += (omitted.empty() ? "" : ", ") + c.component;
    }
  }
}

}  // namespace

nlohmann::json ParameterEstimate::to_json() const {
  nlohmann::json parts;
  const auto put = [&](const char* name, double value) {
    if (value > 0) parts[name] = value;
  };
  put("embedding", embedding);
  put("output_head", output_head);
  put("attention", attention);
  put("dense_feed_forward", dense_feed_forward);
  put("experts", experts);
  put("shared_experts", shared_experts);
  put("router", router);
  put("norms", norms);
  put("vision_encoder", vision);
  put("audio_encoder", audio);
  return {{"total", total}, {"active", active}, {"parts", parts}};
}

EstimateResult estimate_parameters(const io::ModelConfig& config) {
  EstimateResult result;
  const auto* decoder = config.find(component::kTextDecoder);
  if (decoder == nullptr) {
    result.reason = "no text decoder";
    return result;
  }
  if (result.reason = unknown_part(*decoder); !result.reason.empty()) return result;
  if (result.reason = missing_fact(*decoder); !result.reason.empty()) return result;
  const auto s = shape_of(*decoder);
  ParameterEstimate e;
  e.embedding = s.vocabulary * s.width;
  if (is_one_of(decoder->model_type, kLearnedPositions))
    e.embedding += static_cast<double>(decoder->integer_or(fact::kContext, 0)) * s.width;
  e.output_head = s.tied ? 0 : s.vocabulary * s.width;
  e.attention = s.layers * attention_layer(*decoder, s);
  double experts_active = 0;
  count_feed_forward(*decoder, s, e, experts_active);
  e.norms = norm_parameters(*decoder, s);
  add_encoders(config, e, result.omitted);
  const double fixed = e.embedding + e.output_head + e.attention + e.dense_feed_forward + e.shared_experts + e.router +
                       e.norms + e.vision + e.audio;
  e.total = fixed + e.experts;
  e.active = fixed + experts_active;
  result.estimate = e;
  return result;
}

}  // namespace pedigree::architecture
