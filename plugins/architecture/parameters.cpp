// SPDX-License-Identifier: MIT
#include "plugins/architecture/parameters.hpp"

#include <algorithm>
#include <array>

#include "pedigree/evidence.hpp"
#include "plugins/architecture/mixers.hpp"

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
  double width = 0, vocabulary = 0;
  LayerCounts layers;
  bool gated = true, all_biases = false, tied = false;
};

/// The first fact that is needed and missing, or "". What the mixers need, they ask for themselves.
std::string missing_fact(const ComponentConfig& c, const LayerCounts& layers) {
  for (auto key : {fact::kHiddenSize, fact::kLayers, fact::kVocabularySize})
    if (!c.integer(key)) return std::string{key};
  if (layers.feed_forward == 0) return {};
  const bool experts = c.integer_or(fact::kExperts, 0) > 1;
  if (experts && !c.integer(fact::kExpertSize)) return std::string{fact::kExpertSize};
  if (experts && !c.integer(fact::kExpertsPerToken)) return std::string{fact::kExpertsPerToken};
  if (!experts && !c.integer(fact::kIntermediateSize)) return std::string{fact::kIntermediateSize};
  return {};
}

/// A part that no formula here covers, or "".
std::string unknown_part(const ComponentConfig& c, const LayerCounts& layers) {
  if (layers.linear > 0 && !c.integer(fact::kLinearKeyHeads)) return "linear-attention layers";
  if (layers.state_space > 0 && !c.integer(fact::kStateSize)) return "state-space layers";
  if (c.model_type == "deepseek_v4" || c.model_type == "deepseek_ref") return "compressed attention";
  if (c.model_type.starts_with("zamba")) return "blocks that layers share";
  if (c.integer_or(fact::kPerLayerInput, 0) > 0) return "embeddings of their own in every layer";
  return {};
}

Shape shape_of(const ComponentConfig& c, const LayerCounts& layers) {
  Shape s;
  s.width = static_cast<double>(c.integer_or(fact::kHiddenSize, 0));
  s.vocabulary = static_cast<double>(c.integer_or(fact::kVocabularySize, 0));
  s.layers = layers;
  s.gated = !is_one_of(c.model_type, kTwoMatrices);
  s.all_biases = is_one_of(c.model_type, kAllBiases);
  s.tied = c.boolean(fact::kTiedEmbeddings).value_or(false);
  return s;
}

double feed_forward(const Shape& s, double width, double inner) {
  return (s.gated ? 3 : 2) * width * inner + (s.all_biases ? inner + width : 0);
}

/// True for classes with a dense network beside the experts of every layer.
bool dense_beside_experts(const ComponentConfig& c) {
  return c.model_type == "arctic" || c.model_type.starts_with("gemma4");
}

/// Dense layers, experts, shared experts and routers, over all layers.
void count_feed_forward(const ComponentConfig& c, const Shape& s, ParameterEstimate& e, double& experts_active) {
  const auto dense_size = static_cast<double>(c.integer_or(fact::kIntermediateSize, 0));
  const auto experts = static_cast<double>(c.integer_or(fact::kExperts, 0));
  const double layers = s.layers.feed_forward;
  if (experts < 2) {
    e.dense_feed_forward = layers * feed_forward(s, s.width, dense_size);
    return;
  }
  const double moe_layers = std::clamp(static_cast<double>(c.integer_or(fact::kExpertLayers, 0)), 0.0, layers);
  const auto size = static_cast<double>(c.integer_or(fact::kExpertSize, 0));
  const auto per_token = std::min(experts, static_cast<double>(c.integer_or(fact::kExpertsPerToken, 0)));
  // LatentMoE: a projection into a narrower space, the routed experts there, a projection back.
  const auto latent = static_cast<double>(c.integer_or(fact::kExpertLatentSize, 0));
  const double one = feed_forward(s, latent > 0 ? latent : s.width, size);
  const double dense_layers = dense_beside_experts(c) ? layers : layers - moe_layers;
  e.dense_feed_forward = dense_layers * feed_forward(s, s.width, c.model_type == "arctic" ? s.width : dense_size);
  e.experts = moe_layers * experts * one;
  experts_active = moe_layers * per_token * one;
  e.router = moe_layers * (experts * s.width + 2 * latent * s.width);
  const auto shared_size = static_cast<double>(c.integer_or(fact::kSharedExpertSize, 0));
  auto shared = static_cast<double>(c.integer_or(fact::kSharedExperts, 0));
  if (c.model_type == "llama4_text") shared = 1;  // the class always has one
  if (shared_size > 0) shared = std::max(shared, 1.0);
  e.shared_experts = moe_layers * shared * feed_forward(s, s.width, shared_size > 0 ? shared_size : size);
}

double norm_parameters(const ComponentConfig& c, const Shape& s) {
  const bool four =
      c.model_type == "gemma2" || c.model_type.starts_with("gemma3") || c.model_type.starts_with("gemma4");
  const double each = s.width * (c.text(fact::kNormKind).starts_with("LayerNorm") ? 2 : 1);
  const double mixers = s.layers.attention + s.layers.linear + s.layers.state_space;
  return (mixers + s.layers.feed_forward) * each * (four ? 2 : 1) + each;
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
  const auto layers = count_layers(*decoder);
  if (result.reason = unknown_part(*decoder, layers); !result.reason.empty()) return result;
  if (result.reason = missing_fact(*decoder, layers); !result.reason.empty()) return result;
  const auto s = shape_of(*decoder, layers);
  const bool input_biases =
      is_one_of(decoder->model_type, kInputBiases) || decoder->boolean(fact::kAttentionBias).value_or(false);
  const auto mixers = mixer_parameters(*decoder, layers, {input_biases, s.all_biases}, result.reason);
  if (!mixers) return result;
  ParameterEstimate e;
  e.embedding = s.vocabulary * s.width;
  if (is_one_of(decoder->model_type, kLearnedPositions))
    e.embedding += static_cast<double>(decoder->integer_or(fact::kContext, 0)) * s.width;
  e.output_head = s.tied ? 0 : s.vocabulary * s.width;
  e.attention = *mixers;
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
