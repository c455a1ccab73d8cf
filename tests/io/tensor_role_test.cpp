// SPDX-License-Identifier: MIT
#include "pedigree/io/tensor_role.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace pedigree::io {
namespace {
using ::testing::IsEmpty;

/// "component/layer/role/expert"
std::string summary(const TensorRole& r) {
  return std::string{to_text(r.component)} + "/" + std::to_string(r.layer) + "/" + std::string{to_text(r.role)} + "/" +
         std::to_string(r.expert);
}
std::string of(std::string_view name) { return summary(role_of_tensor(name)); }

TensorInfo tensor(std::string name, std::vector<std::uint64_t> shape, Dtype dtype = Dtype::kBF16) {
  TensorInfo t;
  t.name = std::move(name);
  t.dtype = dtype;
  t.shape = std::move(shape);
  t.elements = 1;
  for (auto s : t.shape) t.elements *= s;
  return t;
}

TEST(TensorRole, names_of_many_families_lead_to_the_same_roles) {
  const std::pair<const char*, const char*> names[] = {
      // llama-like, bare and inside larger models
      {"model.embed_tokens.weight", "embedding/-1/embedding/-1"},
      {"model.layers.3.self_attn.q_proj.weight", "text_decoder/3/q/-1"},
      {"language_model.model.layers.3.mlp.down_proj.weight", "text_decoder/3/down/-1"},
      {"model.language_model.layers.3.mlp.up_proj.weight", "text_decoder/3/up/-1"},
      {"thinker.model.layers.12.mlp.gate_proj.weight", "text_decoder/12/gate/-1"},
      {"model.norm.weight", "text_decoder/-1/final_norm/-1"},
      {"lm_head.weight", "embedding/-1/lm_head/-1"},
      // GPT-2, GPT-J, GPT-Neo, EXAONE
      {"transformer.wte.weight", "embedding/-1/embedding/-1"},
      {"h.7.attn.c_attn.weight", "text_decoder/7/qkv/-1"},
      {"transformer.h.7.attn.c_proj.weight", "text_decoder/7/o/-1"},
      {"transformer.h.7.mlp.c_proj.weight", "text_decoder/7/down/-1"},
      {"transformer.h.7.attn.bias", "text_decoder/7/buffer/-1"},
      {"transformer.h.0.attn.attention.out_proj.weight", "text_decoder/0/o/-1"},
      {"transformer.h.0.mlp.c_fc_0.weight", "text_decoder/0/gate/-1"},
      // NeoX, Falcon, BLOOM, MPT, OPT
      {"gpt_neox.layers.0.attention.query_key_value.weight", "text_decoder/0/qkv/-1"},
      {"gpt_neox.layers.0.mlp.dense_4h_to_h.weight", "text_decoder/0/down/-1"},
      {"embed_out.weight", "embedding/-1/lm_head/-1"},
      {"transformer.h.0.self_attention.dense.weight", "text_decoder/0/o/-1"},
      {"transformer.h.0.ln_mlp.weight", "text_decoder/0/mlp_norm/-1"},
      {"transformer.word_embeddings_layernorm.weight", "text_decoder/-1/embedding_norm/-1"},
      {"transformer.blocks.5.attn.Wqkv.weight", "text_decoder/5/qkv/-1"},
      {"transformer.blocks.5.norm_2.weight", "text_decoder/5/mlp_norm/-1"},
      {"model.decoder.layers.5.final_layer_norm.weight", "text_decoder/5/mlp_norm/-1"},
      {"model.decoder.final_layer_norm.weight", "text_decoder/-1/final_norm/-1"},
      {"model.decoder.layers.5.fc2.bias", "text_decoder/5/down/-1"},
      // Fused
      {"model.layers.0.self_attn.qkv_proj.weight", "text_decoder/0/qkv/-1"},
      {"model.layers.0.mlp.gate_up_proj.weight", "text_decoder/0/gate_up/-1"},
      {"model.layers.0.self_attn.W_pack.weight", "text_decoder/0/qkv/-1"},
      {"model.layers.0.attention.wqkv.weight", "text_decoder/0/qkv/-1"},
      // Experts
      {"model.layers.9.block_sparse_moe.experts.7.w2.weight", "text_decoder/9/expert_down/7"},
      {"model.layers.9.block_sparse_moe.gate.weight", "text_decoder/9/router/-1"},
      {"model.layers.9.mlp.experts.127.gate_proj.weight", "text_decoder/9/expert_gate/127"},
      {"model.layers.9.mlp.shared_experts.up_proj.weight", "text_decoder/9/shared_up/-1"},
      {"model.layers.9.mlp.shared_expert.down_proj.weight", "text_decoder/9/shared_down/-1"},
      {"model.layers.9.mlp.shared_expert_gate.weight", "text_decoder/9/shared_router/-1"},
      {"model.layers.9.mlp.gate.weight", "text_decoder/9/router/-1"},
      {"model.layers.9.mlp.gate.e_score_correction_bias", "text_decoder/9/router_bias/-1"},
      {"model.layers.9.mlp.experts.gate_up_proj", "text_decoder/9/expert_gate_up/-1"},
      {"model.layers.9.mlp.router.weight", "text_decoder/9/router/-1"},
      // Multi-head latent attention
      {"model.layers.1.self_attn.q_a_proj.weight", "text_decoder/1/q_a/-1"},
      {"model.layers.1.self_attn.kv_a_proj_with_mqa.weight", "text_decoder/1/kv_a/-1"},
      {"model.layers.1.self_attn.kv_b_proj.weight", "text_decoder/1/kv_b/-1"},
      {"model.layers.1.self_attn.kv_a_layernorm.weight", "text_decoder/1/kv_a_norm/-1"},
      // Meta's and DeepSeek's own names
      {"tok_embeddings.weight", "embedding/-1/embedding/-1"},
      {"layers.0.attention.wk.weight", "text_decoder/0/k/-1"},
      {"layers.0.feed_forward.w3.weight", "text_decoder/0/up/-1"},
      {"output.weight", "embedding/-1/lm_head/-1"},
      {"layers.4.ffn.experts.11.w1.weight", "text_decoder/4/expert_gate/11"},
      // Encoders and projectors
      {"visual.blocks.30.attn.qkv.weight", "vision_encoder/30/qkv/-1"},
      {"model.vision_tower.vision_model.encoder.layers.2.layer_norm1.weight", "vision_encoder/2/attention_norm/-1"},
      {"vision_model.embeddings.patch_embedding.weight", "vision_encoder/-1/patch_embedding/-1"},
      {"visual.merger.mlp.0.weight", "projector/0/linear/-1"},
      {"mm_projector.0.weight", "projector/0/linear/-1"},
      {"multi_modal_projector.linear_1.weight", "projector/-1/linear/-1"},
      {"audio_tower.layers.0.self_attn.k_proj.weight", "audio_encoder/0/k/-1"},
      {"audio_tower.conv1.weight", "audio_encoder/-1/convolution/-1"},
      // GGUF
      {"token_embd.weight", "embedding/-1/embedding/-1"},
      {"blk.17.attn_output.weight", "text_decoder/17/o/-1"},
      {"blk.17.ffn_down_exps.weight", "text_decoder/17/expert_down/-1"},
      {"blk.17.ffn_gate_inp.weight", "text_decoder/17/router/-1"},
      {"blk.17.attn_kv_a_mqa.weight", "text_decoder/17/kv_a/-1"},
      {"v.blk.3.attn_q.weight", "vision_encoder/3/q/-1"},
      {"mm.0.weight", "projector/0/linear/-1"},
      // Encoder models
      {"bert.encoder.layer.0.attention.self.query.weight", "text_encoder/0/q/-1"},
      {"encoder.block.0.layer.0.SelfAttention.o.weight", "text_encoder/0/o/-1"},
      {"decoder.block.0.layer.1.EncDecAttention.q.weight", "text_decoder/0/cross_q/-1"},
      {"something.nobody.knows", "model/-1/unknown/-1"},
      {"", "model/-1/unknown/-1"},
  };
  for (const auto& [name, expected] : names) EXPECT_EQ(of(name), expected) << name;
}

TEST(TensorRole, says_which_part_of_a_quantised_or_adapted_weight_is_stored) {
  EXPECT_EQ(role_of_tensor("model.layers.0.self_attn.q_proj.bias").part, Part::kBias);
  EXPECT_EQ(role_of_tensor("model.layers.0.mlp.experts.gate_up_proj_bias").part, Part::kBias);
  EXPECT_EQ(role_of_tensor("model.layers.0.self_attn.q_proj.weight_scale_inv").part, Part::kScale);
  EXPECT_EQ(role_of_tensor("model.layers.0.self_attn.q_proj.qweight").part, Part::kPacked);
  EXPECT_EQ(role_of_tensor("model.layers.0.mlp.experts.down_proj_blocks").part, Part::kPacked);
  EXPECT_EQ(role_of_tensor("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight").part, Part::kLoraA);
  EXPECT_EQ(role_of_tensor("base_model.model.model.layers.0.self_attn.q_proj.lora_B.default.weight").part,
            Part::kLoraB);
  EXPECT_EQ(of("base_model.model.model.layers.0.self_attn.q_proj.lora_B.default.weight"), "text_decoder/0/q/-1");
}

RoleTable table(const std::vector<TensorInfo>& tensors, bool gguf = false, std::string_view architecture = {}) {
  return tensor_roles(tensors, gguf, {}, architecture);
}

TEST(RoleTable, sees_the_orientation_of_conv1d_from_the_whole_model) {
  const std::vector<TensorInfo> gpt2 = {
      tensor("h.0.ln_1.weight", {8}),           tensor("h.0.attn.c_attn.weight", {8, 24}),
      tensor("h.0.attn.c_proj.weight", {8, 8}), tensor("h.0.mlp.c_fc.weight", {8, 32}),
      tensor("h.0.mlp.c_proj.weight", {32, 8}), tensor("h.0.ln_2.weight", {8})};
  const auto roles = table(gpt2).roles;
  for (std::size_t i : {1u, 2u, 3u, 4u}) EXPECT_TRUE(roles[i].transposed) << gpt2[i].name;
  // Qwen's c_attn is a plain (output, input) matrix under the same name.
  const std::vector<TensorInfo> qwen = {
      tensor("transformer.h.0.ln_1.weight", {8}),           tensor("transformer.h.0.attn.c_attn.weight", {24, 8}),
      tensor("transformer.h.0.attn.c_proj.weight", {8, 8}), tensor("transformer.h.0.mlp.w1.weight", {20, 8}),
      tensor("transformer.h.0.mlp.w2.weight", {20, 8}),     tensor("transformer.h.0.mlp.c_proj.weight", {8, 20})};
  const auto plain = table(qwen).roles;
  for (std::size_t i : {1u, 2u, 5u}) EXPECT_FALSE(plain[i].transposed) << qwen[i].name;
  EXPECT_EQ(plain[3].role, Role::kUp);  // modeling_qwen.py: w1(x) * silu(w2(x))
  EXPECT_EQ(plain[4].role, Role::kGate);
}

TEST(RoleTable, knows_layouts_of_fused_matrices) {
  EXPECT_EQ(role_of_tensor("model.layers.0.self_attn.qkv_proj.weight").layout, Layout::kBlocks);
  EXPECT_EQ(role_of_tensor("gpt_neox.layers.0.attention.query_key_value.weight").layout, Layout::kGrouped);
  EXPECT_EQ(role_of_tensor("transformer.encoder.layers.0.self_attention.query_key_value.weight").layout,
            Layout::kBlocks);
  const std::vector<TensorInfo> oss = {tensor("model.layers.0.input_layernorm.weight", {8}),
                                       tensor("model.layers.0.mlp.experts.gate_up_proj", {4, 8, 16}),
                                       tensor("model.layers.0.mlp.experts.gate_up_proj_bias", {4, 16}),
                                       tensor("model.layers.0.mlp.experts.down_proj", {4, 8, 8})};
  const auto roles = table(oss).roles;
  EXPECT_EQ(roles[1].layout, Layout::kInterleaved);
  EXPECT_TRUE(roles[1].stacked && roles[1].transposed);
  EXPECT_TRUE(roles[3].transposed) << "the square matrix follows the other one of its layer";
  const std::vector<TensorInfo> glm = {tensor("transformer.encoder.layers.0.input_layernorm.weight", {8}),
                                       tensor("transformer.encoder.layers.0.mlp.dense_h_to_4h.weight", {40, 8}),
                                       tensor("transformer.encoder.layers.0.mlp.dense_4h_to_h.weight", {8, 20})};
  EXPECT_EQ(table(glm).roles[1].role, Role::kGateUp);
}

TEST(RoleTable, tells_norms_before_from_norms_after) {
  const auto role_of = [](std::vector<std::string> names, std::size_t which) {
    std::vector<TensorInfo> tensors;
    for (auto& n : names) tensors.push_back(tensor("model.layers.0." + n + ".weight", {8}));
    return table(tensors).roles[which].role;
  };
  EXPECT_EQ(role_of({"input_layernorm", "post_attention_layernorm"}, 1), Role::kMlpNorm);  // Llama
  EXPECT_EQ(role_of({"input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm",
                     "post_feedforward_layernorm"},
                    1),
            Role::kPostAttentionNorm);  // Gemma 2
  EXPECT_EQ(role_of({"post_attention_layernorm", "post_feedforward_layernorm"}, 0),
            Role::kPostAttentionNorm);  // OLMo 2
}

TEST(RoleTable, moves_prediction_head_layers_into_their_own_component) {
  const std::vector<TensorInfo> model = {tensor("model.layers.1.self_attn.q_proj.weight", {8, 8}),
                                         tensor("model.layers.2.eh_proj.weight", {8, 16}),
                                         tensor("model.layers.2.self_attn.q_proj.weight", {8, 8})};
  const auto roles = table(model).roles;
  EXPECT_EQ(roles[0].component, Component::kTextDecoder);
  EXPECT_EQ(roles[1].component, Component::kMtp);
  EXPECT_EQ(roles[2].component, Component::kMtp);
}

TEST(RoleTable, marks_rows_that_gguf_reorders_for_llama_only) {
  const std::vector<TensorInfo> model = {tensor("blk.0.attn_q.weight", {8, 8}), tensor("blk.0.attn_v.weight", {8, 8})};
  EXPECT_TRUE(table(model, true, "llama").roles[0].rope_permuted);
  EXPECT_FALSE(table(model, true, "llama").roles[1].rope_permuted);
  EXPECT_FALSE(table(model, true, "qwen2").roles[0].rope_permuted);
  EXPECT_FALSE(table(model).roles[0].rope_permuted);
}

TEST(RoleTable, reports_unknown_tensors_of_a_known_model) {
  const std::vector<TensorInfo> model = {tensor("model.layers.0.self_attn.q_proj.weight", {8, 8}),
                                         tensor("model.layers.0.self_attn.k_proj.weight", {8, 8}),
                                         tensor("model.layers.0.novelty.weight", {8, 8})};
  EXPECT_THAT(table(model).unknown, ::testing::ElementsAre(2u));
}

/// A llama-like decoder with meaningless names; `numbered` keeps a layer number in them.
std::vector<TensorInfo> disguised(bool numbered) {
  std::vector<TensorInfo> out = {tensor("zeta", {100, 8})};
  for (int layer = 0; layer < 3; ++layer) {
    const auto name = [&](const char* what) {
      return numbered ? "stage." + std::to_string(layer) + "." + what : what + std::to_string(100 + layer);
    };
    for (const char* what : {"na", "qa", "ka", "va", "oa", "nb", "ga", "ua", "da"}) {
      const std::string w = what;
      std::vector<std::uint64_t> shape{8, 8};
      if (w[0] == 'n') shape = {8};
      if (w == "ka" || w == "va") shape = {4, 8};
      if (w == "ga" || w == "ua") shape = {20, 8};
      if (w == "da") shape = {8, 20};
      out.push_back(tensor(name(what), shape));
    }
  }
  out.push_back(tensor("omega", {8}));
  return out;
}

TEST(RoleTable, infers_roles_from_shapes_when_names_say_nothing) {
  for (bool numbered : {true, false}) {
    const auto tensors = disguised(numbered);
    const auto roles = table(tensors);
    EXPECT_THAT(roles.unknown, IsEmpty());
    EXPECT_EQ(roles.text_layers, 3);
    EXPECT_EQ(roles.hidden, 8u);
    EXPECT_EQ(roles.roles[0].role, Role::kEmbedding);
    const std::vector<Role> layer = {Role::kAttentionNorm, Role::kQ,    Role::kK,  Role::kV,   Role::kO,
                                     Role::kMlpNorm,       Role::kGate, Role::kUp, Role::kDown};
    for (std::size_t i = 0; i < layer.size(); ++i) {
      EXPECT_EQ(roles.roles[1 + 9 + i].role, layer[i]) << numbered << " " << tensors[1 + 9 + i].name;
      EXPECT_EQ(roles.roles[1 + 9 + i].layer, 1) << tensors[1 + 9 + i].name;
      EXPECT_TRUE(roles.roles[1 + 9 + i].inferred);
    }
    EXPECT_TRUE(roles.roles[7].gate_up_uncertain);
    EXPECT_EQ(roles.roles.back().role, Role::kFinalNorm);
  }
}

}  // namespace
}  // namespace pedigree::io
