// SPDX-License-Identifier: MIT
#include "pedigree/io/tensor_role.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "role_names.hpp"
#include "role_words.hpp"

namespace pedigree::io {
namespace {

/// Last words that say which part of a weight is stored.
struct LeafWord {
  std::string_view word;
  Part part;
};
constexpr LeafWord kLeaves[] = {
    {"weight", Part::kWeight},
    {"bias", Part::kBias},
    {"weight_scale_inv", Part::kScale},
    {"weight_scale", Part::kScale},
    {"input_scale", Part::kScale},
    {"scales", Part::kScale},
    {"qzeros", Part::kScale},
    {"g_idx", Part::kScale},
    {"absmax", Part::kScale},
    {"nested_absmax", Part::kScale},
    {"quant_map", Part::kScale},
    {"nested_quant_map", Part::kScale},
    {"weight_shape", Part::kScale},
    {"weight_g_idx", Part::kScale},
    {"weight_zero_point", Part::kScale},
    {"weight_scale_2", Part::kScale},
    {"weight_global_scale", Part::kScale},
    {"input_global_scale", Part::kScale},
    {"output_scale", Part::kScale},
    {"k_scale", Part::kScale},
    {"v_scale", Part::kScale},
    {"qscale_weight", Part::kScale},
    {"qscale_act", Part::kScale},
    {"SCB", Part::kScale},
    {"weight_format", Part::kScale},
    {"scale", Part::kScale},
    {"bitsandbytes__nf4", Part::kScale},
    {"bitsandbytes__fp4", Part::kScale},
    {"qweight", Part::kPacked},
    {"weight_packed", Part::kPacked},
};
/// The same, glued to the last word: gate_up_proj_bias, in_proj_weight.
constexpr LeafWord kLeafEndings[] = {
    {"_bias", Part::kBias}, {"_blocks", Part::kPacked}, {"_scales", Part::kScale}, {"_weight", Part::kWeight}};
constexpr std::array<std::string_view, 7> kNoise = {"base_layer",      "default",         "quant_state", "orig_module",
                                                    "original_module", "modules_to_save", "_orig_mod"};

bool is_number(std::string_view word) {
  return !word.empty() && word.size() <= 6 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}
int number_of(std::string_view word) {
  int value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}
bool is_expert_word(std::string_view word) { return word == "experts" || word == "local_experts" || word == "expert"; }

/// Takes the leaf off the words and returns what it said.
Part take_leaf(std::vector<std::string_view>& words) {
  std::optional<Part> part;
  while (words.size() > 1) {
    const auto last = words.back();
    if (last == "lora_A" || last == "lora_B") {
      words.pop_back();
      return last == "lora_A" ? Part::kLoraA : Part::kLoraB;
    }
    if (std::find(kNoise.begin(), kNoise.end(), last) != kNoise.end()) {
      words.pop_back();
      continue;
    }
    const auto* leaf =
        std::find_if(std::begin(kLeaves), std::end(kLeaves), [&](const auto& l) { return l.word == last; });
    if (leaf == std::end(kLeaves)) break;
    if (!part) part = leaf->part;
    words.pop_back();
  }
  if (part) return *part;
  for (const auto& ending : kLeafEndings) {
    auto& last = words.back();
    if (last == "e_score_correction_bias" || last == "dt_bias" || last == "relative_attention_bias") break;
    if (!last.ends_with(ending.word)) continue;
    last.remove_suffix(ending.word.size());
    return ending.part;
  }
  return Part::kWeight;
}

const std::unordered_map<std::string_view, std::vector<const NameRule*>>& rules_by_suffix() {
  static const auto table = [] {
    std::unordered_map<std::string_view, std::vector<const NameRule*>> map;
    for (const auto& rule : name_rules()) map[rule.suffix].push_back(&rule);
    return map;
  }();
  return table;
}

const NameRule* match(const std::vector<std::string_view>& words, bool in_layer) {
  for (std::size_t count = std::min<std::size_t>(words.size(), 3); count > 0; --count) {
    std::string suffix;
    for (std::size_t i = words.size() - count; i < words.size(); ++i) {
      if (!suffix.empty()) suffix += '.';
      suffix += is_number(words[i]) ? std::string_view{"#"} : words[i];
    }
    const auto found = rules_by_suffix().find(suffix);
    if (found == rules_by_suffix().end()) continue;
    for (const auto* rule : found->second)
      if (rule->where == Where::kAnywhere || (rule->where == Where::kInLayer) == in_layer) return rule;
  }
  return nullptr;
}

Component component_of(const std::vector<std::string_view>& words) {
  auto component = Component::kUnknown;
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const auto& entry : component_words()) {
      const bool only_first = entry.word.size() <= 2 || entry.word == "projection" || entry.word == "mlp1";
      if (entry.word == words[i] && (!only_first || i <= (entry.word.size() <= 2 ? 0u : 1u)))
        component = entry.component;
    }
  }
  if (component != Component::kUnknown) return component;
  for (std::size_t i = 0; i < std::min<std::size_t>(words.size(), 2); ++i)
    if (words[i] == "encoder" && (i == 0 || words[0] == "model" || words[0] == "bert" || words[0] == "roberta"))
      return Component::kTextEncoder;
  return Component::kUnknown;
}

Role expert_role(Role role, bool shared) {
  switch (role) {
    case Role::kGate:
      return shared ? Role::kSharedGate : Role::kExpertGate;
    case Role::kUp:
      return shared ? Role::kSharedUp : Role::kExpertUp;
    case Role::kDown:
      return shared ? Role::kSharedDown : Role::kExpertDown;
    case Role::kGateUp:
      return shared ? Role::kSharedGateUp : Role::kExpertGateUp;
    default:
      return role;
  }
}

bool is_routed(Role role) {
  return role == Role::kExpertGate || role == Role::kExpertUp || role == Role::kExpertDown ||
         role == Role::kExpertGateUp;
}

bool is_token_end(Role role) { return role == Role::kEmbedding || role == Role::kLmHead; }

}  // namespace

std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> words;
  while (!name.empty()) {
    const auto dot = std::min(name.find_first_of("./"), name.size());
    if (dot > 0) words.push_back(name.substr(0, dot));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return words;
}

TensorRole role_of_tensor(std::string_view name) {
  TensorRole found;
  auto words = words_of(name);
  if (words.empty()) return found;
  found.part = take_leaf(words);
  bool experts = false, shared = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool after_experts = i > 0 && is_expert_word(words[i - 1]);
    experts |= is_expert_word(words[i]);
    shared |= words[i].starts_with("shared_expert") || words[i] == "shared_mlp";
    if (!is_number(words[i])) continue;
    if (after_experts)
      found.expert = number_of(words[i]);
    else if (found.layer < 0)
      found.layer = number_of(words[i]);
  }
  const auto* rule = match(words, found.layer >= 0);
  if (rule != nullptr) {
    found.role = experts || shared ? expert_role(rule->role, shared) : rule->role;
    found.layout = rule->layout;
  } else if (found.part == Part::kBias && (words.back() == "attn" || words.back() == "attention")) {
    found.role = Role::kBuffer;  // GPT-2's causal mask
    found.part = Part::kWeight;
  }
  found.stacked = is_routed(found.role) && found.expert < 0;
  // ChatGLM2 and later keep q | k | v, unlike the other writers of query_key_value.
  if (found.role == Role::kQkv && name.find("transformer.encoder.layers.") != std::string_view::npos)
    found.layout = Layout::kBlocks;
  found.component = component_of(words);
  if (found.component == Component::kTextEncoder && name.find("transformer.encoder.layers.") != std::string_view::npos)
    found.component = Component::kUnknown;
  if (found.component == Component::kUnknown && found.role != Role::kUnknown)
    found.component = is_token_end(found.role) ? Component::kEmbedding : Component::kTextDecoder;
  if (found.component == Component::kProjector && found.role == Role::kUnknown) found.role = Role::kLinear;
  return found;
}

std::string_view to_text(Component component) {
  constexpr std::array<std::string_view, 9> kNames = {"model",         "text_decoder",   "embedding",
                                                      "text_encoder",  "vision_encoder", "audio_encoder",
                                                      "audio_decoder", "projector",      "mtp"};
  return kNames[static_cast<std::size_t>(component)];
}

std::string_view to_text(Role role) {
  constexpr std::array kNames = {"unknown",
                                 "embedding",
                                 "position_embedding",
                                 "type_embedding",
                                 "patch_embedding",
                                 "embedding_norm",
                                 "lm_head",
                                 "final_norm",
                                 "attention_norm",
                                 "post_attention_norm",
                                 "mlp_norm",
                                 "post_mlp_norm",
                                 "q_norm",
                                 "k_norm",
                                 "q_a_norm",
                                 "kv_a_norm",
                                 "q",
                                 "k",
                                 "v",
                                 "o",
                                 "qkv",
                                 "kv",
                                 "q_a",
                                 "q_b",
                                 "kv_a",
                                 "kv_b",
                                 "k_b",
                                 "v_b",
                                 "attention_sinks",
                                 "cross_q",
                                 "cross_k",
                                 "cross_v",
                                 "cross_o",
                                 "cross_norm",
                                 "gate",
                                 "up",
                                 "down",
                                 "gate_up",
                                 "router",
                                 "router_bias",
                                 "expert_gate",
                                 "expert_up",
                                 "expert_down",
                                 "expert_gate_up",
                                 "shared_gate",
                                 "shared_up",
                                 "shared_down",
                                 "shared_gate_up",
                                 "shared_router",
                                 "mtp_projection",
                                 "mtp_norm",
                                 "linear",
                                 "convolution",
                                 "norm",
                                 "state_space",
                                 "layer_scale",
                                 "buffer"};
  static_assert(kNames.size() == static_cast<std::size_t>(Role::kBuffer) + 1);
  return kNames[static_cast<std::size_t>(role)];
}

}  // namespace pedigree::io
