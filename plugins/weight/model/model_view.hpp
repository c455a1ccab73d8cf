// SPDX-License-Identifier: MIT
// A model as layers of heads and hidden units, whatever its tensors are called.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/tensor_role.hpp"
#include "pedigree/io/tensor_store.hpp"
#include "pedigree/io/tokenizer.hpp"
#include "plugins/weight/model/weight_ref.hpp"

namespace pedigree::weight {

/// One feed-forward block: the dense MLP, one routed expert or a shared expert.
struct MlpView {
  WeightRef gate, up, down;  ///< gate absent for plain MLPs
  int expert = -1;           ///< routed expert's index, -1 for dense and shared
  bool shared = false;
  bool gate_up_uncertain = false;
  std::uint64_t units() const { return up.present() ? up.rows() : down.inputs; }
  bool usable() const { return up.present() && down.present() && down.inputs == up.rows(); }
};

/// Attention of one layer. Absent matrices are not present().
struct AttentionView {
  WeightRef q, k, v, o;
  bool complete() const { return q.present() && k.present() && v.present() && o.present(); }
};

struct LayerView {
  int index = 0;  ///< as numbered in the file
  AttentionView attention;
  std::vector<MlpView> mlps;  ///< dense first, then shared, then routed experts
  WeightRef router;
  bool up_bias = false;
  const io::TensorInfo* attention_norm = nullptr;
  const io::TensorInfo* attention_norm_bias = nullptr;
  const io::TensorInfo* mlp_norm = nullptr;
  const io::TensorInfo* mlp_norm_bias = nullptr;
  const io::TensorInfo* post_attention_norm = nullptr;
  const io::TensorInfo* post_mlp_norm = nullptr;
};

/// One tower (text decoder, vision encoder, ...).
struct ComponentView {
  io::Component component = io::Component::kTextDecoder;
  std::vector<LayerView> layers;
  WeightRef embedding;  ///< text: token rows; encoders: patch or frame kernel, one row per axis
  WeightRef head;       ///< language-model head when stored apart
  const io::TensorInfo* final_norm = nullptr;
  std::uint64_t hidden = 0, heads = 0, kv_heads = 0, head_size = 0;
  double gain_offset = 0;  ///< 1 where the stored gain is gamma - 1 (Gemma)
  bool embedding_rows_are_tokens = true;
  /// Routed experts of the layer that has most.
  std::size_t routed_experts() const;
  /// Names do not say which of two matrices is the gate, in some layer.
  bool gate_up_uncertain() const;
  bool tied() const { return embedding.present() && !head.present(); }
};

/// Everything the weight analyzers need of one model. Immutable after open(), thread-safe.
class ModelView {
 public:
  /// Throws InputError when files exist but none can be read; nothing when the model has no
  /// tensors at all (catalog facts, tokenizer only) or those of an adapter alone.
  static std::optional<ModelView> open(std::string_view id, const std::vector<Artifact>& artifacts);

  const std::string& id() const { return id_; }
  const io::TensorStore& store() const { return *store_; }
  const std::vector<ComponentView>& components() const { return components_; }
  const ComponentView* find(io::Component component) const;
  const io::Tokenizer* tokenizer() const { return tokenizer_ ? &*tokenizer_ : nullptr; }
  std::size_t tensors() const { return store_->tensors().size(); }
  std::size_t unknown_tensors() const { return unknown_; }
  /// Components whose embedding was left out because its rows are zero or not finite; "" for none.
  const std::string& dead_embeddings() const { return dead_embeddings_; }
  /// Why the model could not be opened, when open() answered nothing.
  static std::string why_not(const std::vector<Artifact>& artifacts);

 private:
  std::string id_;
  std::unique_ptr<io::TensorStore> store_;
  std::vector<ComponentView> components_;
  std::optional<io::Tokenizer> tokenizer_;
  std::size_t unknown_ = 0;
  std::string dead_embeddings_;
};

}  // namespace pedigree::weight
