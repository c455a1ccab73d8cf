// SPDX-License-Identifier: MIT
// What each tensor is for: any family's names turned into (component, layer, role, expert).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/tensor_store.hpp"

namespace pedigree::io {

/// The part of a model a tensor belongs to; to_text() gives the words of pedigree/evidence.hpp.
enum class Component : std::uint8_t {
  kUnknown,        ///< "model"
  kTextDecoder,    ///< "text_decoder"
  kEmbedding,      ///< "embedding": token embedding and language-model head of the text decoder
  kTextEncoder,    ///< "text_encoder"
  kVisionEncoder,  ///< "vision_encoder"
  kAudioEncoder,   ///< "audio_encoder"
  kAudioDecoder,   ///< "audio_decoder": speech generation
  kProjector,      ///< "projector"
  kMtp,            ///< "mtp": multi-token prediction heads
};
std::string_view to_text(Component component);

/// What a tensor computes. Matrices are named by what they read and write, whatever the file calls them.
enum class Role : std::uint8_t {
  kUnknown,
  kEmbedding,
  kPositionEmbedding,
  kTypeEmbedding,
  kPatchEmbedding,
  kEmbeddingNorm,
  kLmHead,
  kFinalNorm,
  kAttentionNorm,      ///< before attention
  kPostAttentionNorm,  ///< on attention's output, before the residual sum
  kMlpNorm,            ///< before the MLP or the experts
  kPostMlpNorm,        ///< on the MLP's output
  kQNorm,
  kKNorm,
  kQANorm,
  kKvANorm,
  kQ,
  kK,
  kV,
  kO,
  kQkv,  ///< fused; see Layout
  kKv,
  kQA,
  kQB,
  kKvA,
  kKvB,
  kKB,
  kVB,  ///< multi-head latent attention (kKB, kVB: GGUF's split of kKvB)
  kAttentionSinks,
  kCrossQ,
  kCrossK,
  kCrossV,
  kCrossO,
  kCrossNorm,
  kGate,
  kUp,
  kDown,
  kGateUp,  ///< fused; see Layout
  kRouter,
  kRouterBias,
  kExpertGate,
  kExpertUp,
  kExpertDown,
  kExpertGateUp,
  kSharedGate,
  kSharedUp,
  kSharedDown,
  kSharedGateUp,
  kSharedRouter,  ///< gate in front of the shared expert
  kMtpProjection,
  kMtpNorm,
  kLinear,  ///< a matrix of a projector or encoder head without a finer role
  kConvolution,
  kNorm,        ///< a norm without a finer role
  kStateSpace,  ///< Mamba, RWKV, short convolutions
  kLayerScale,
  kBuffer,  ///< computed constants: rotary frequencies, masks. Equal in unrelated models.
};
std::string_view to_text(Role role);

/// How a fused or stacked matrix is laid out along its output dimension.
enum class Layout : std::uint8_t {
  kPlain,
  kBlocks,       ///< q | k | v or gate | up, one behind the other (Phi-3, GPT-2, ChatGLM2, Baichuan)
  kGrouped,      ///< per key/value head: its query heads, then k, then v (NeoX and BLOOM: one query head per group)
  kUpGate,       ///< up | gate
  kInterleaved,  ///< gate, up, gate, up ... (GPT-OSS)
};

/// What of a logical tensor is stored here.
enum class Part : std::uint8_t {
  kWeight,
  kBias,
  kScale,   ///< scales and zero points of a quantised weight
  kPacked,  ///< a quantised weight whose values need its scales (GPTQ, AWQ, MXFP4 blocks, NF4)
  kLoraA,
  kLoraB,
};

struct TensorRole {
  Component component = Component::kUnknown;
  int layer = -1;  ///< index inside the component; -1 when it is in no layer
  Role role = Role::kUnknown;
  int expert = -1;          ///< index of a routed expert stored alone
  bool stacked = false;     ///< first dimension is the expert
  bool transposed = false;  ///< stored (input, output): GPT-2's Conv1D, GPT-OSS and Llama 4 experts
  Layout layout = Layout::kPlain;
  Part part = Part::kWeight;
  bool rope_permuted = false;      ///< GGUF of a llama-like model: q and k rows are reordered per head
  bool inferred = false;           ///< from shapes and order, not from a known name
  bool gate_up_uncertain = false;  ///< names do not say which of the two is the gate: try both

  bool operator==(const TensorRole&) const = default;
};

/// Shapes the configuration states, 0 where it does not. Only used for names no table knows.
struct ModelShape {
  std::uint64_t hidden = 0, layers = 0, heads = 0, kv_heads = 0, head_dim = 0, intermediate = 0, vocabulary = 0;
};

/// By the name alone. role is kUnknown for a name no table knows. Pure, thread-safe.
TensorRole role_of_tensor(std::string_view name);

/// Roles of all tensors of a model, by name, then corrected by what only the whole model shows:
/// Conv1D orientation, post-norms, fused gate_up, GPT-2-like names of GGUF, prediction-head layers.
/// Unknown names are then given roles by shape and order where that is possible (`inferred`).
struct RoleTable {
  std::vector<TensorRole> roles;      ///< roles[i] belongs to store.tensors()[i]
  std::vector<std::size_t> unknown;   ///< tensors that stay without role: report them
  std::vector<std::size_t> inferred;  ///< tensors whose role rests on shape and order
  int text_layers = 0;                ///< layers of the text decoder that have tensors
  std::uint64_t hidden = 0;           ///< residual width, from the norms and embeddings

  /// Index of the tensor, or -1. Searches linearly: build your own map for bulk use.
  std::ptrdiff_t find(Component component, int layer, Role role, int expert = -1, Part part = Part::kWeight) const;
};
RoleTable tensor_roles(const TensorStore& store, const ModelShape& shape = {});
RoleTable tensor_roles(std::span<const TensorInfo> tensors, bool gguf, const ModelShape& shape = {},
                       std::string_view gguf_architecture = {});

}  // namespace pedigree::io
