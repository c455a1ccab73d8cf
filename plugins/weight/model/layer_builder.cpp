// SPDX-License-Identifier: MIT
#include "plugins/weight/model/layer_builder.hpp"

#include <algorithm>
#include <map>

namespace pedigree::weight {
namespace {

/// Part [first, first + count) of the outputs.
WeightRef slice(WeightRef ref, std::uint64_t first, std::uint64_t count, std::uint64_t step = 1) {
  if (count == 0 || first + (count - 1) * step >= ref.stored_outputs) return {};
  ref.first = first;
  ref.step = step;
  ref.count = count;
  ref.order.clear();
  return ref;
}

WeightRef with_order(WeightRef ref, std::vector<std::uint32_t> order) {
  ref.count = order.size();
  ref.order = std::move(order);
  return ref;
}

/// GGUF stores q and k rows of llama-like models as (head, i, half); here (head, half, i) is meant.
void undo_rope_order(WeightRef& ref, std::uint64_t head_size) {
  if (!ref.present() || head_size < 2 || head_size % 2 != 0 || ref.count % head_size != 0) return;
  std::vector<std::uint32_t> order(ref.count);
  for (std::uint64_t o = 0; o < ref.count; ++o) {
    const std::uint64_t head = o / head_size, within = o % head_size, half = within / (head_size / 2);
    const std::uint64_t i = within % (head_size / 2);
    order[o] = static_cast<std::uint32_t>(ref.stored_row(head * head_size + 2 * i + half));
  }
  ref.order = std::move(order);
}

class Builder {
 public:
  Builder(const io::TensorStore& store, HeadShape heads) : store_(store), heads_(heads) {}

  void add(const io::TensorInfo& tensor, const io::TensorRole& role) {
    if (role.part == io::Part::kWeight || role.part == io::Part::kBias) {
      if (add_vector(tensor, role)) return;
      if (role.part == io::Part::kWeight) add_matrix(tensor, role);
    }
  }

  ComponentView finish(io::Component component, std::uint64_t hidden) {
    out_.component = component;
    out_.embedding_rows_are_tokens =
        component == io::Component::kTextDecoder || component == io::Component::kTextEncoder;
    for (auto& [index, layer] : layers_) {
      layer.view.index = index;
      for (auto& [expert, mlp] : layer.mlps) {
        if (!mlp.up.present()) std::swap(mlp.gate, mlp.up);  // w1 alone: a plain block, whatever w1 means elsewhere
        mlp.gate_up_uncertain &= mlp.gate.present();
        if (mlp.usable()) layer.view.mlps.push_back(std::move(mlp));
      }
      out_.layers.push_back(std::move(layer.view));
    }
    out_.hidden = residual_width(hidden);
    out_.heads = heads_.query;
    out_.kv_heads = heads_.key_value;
    out_.head_size = heads_.size;
    return std::move(out_);
  }

 private:
  struct Layer {
    LayerView view;
    std::map<int, MlpView> mlps;  ///< key: -2 dense, -1 shared, else expert
  };

  std::uint64_t residual_width(std::uint64_t fallback) const {
    if (out_.embedding.present() && out_.embedding_rows_are_tokens) return out_.embedding.inputs;
    for (const auto& layer : out_.layers) {
      if (!layer.mlps.empty()) return layer.mlps.front().up.inputs;
      if (layer.attention.q.present()) return layer.attention.q.inputs;
    }
    return fallback;
  }

  bool add_vector(const io::TensorInfo& tensor, const io::TensorRole& role) {
    using io::Role;
    const bool bias = role.part == io::Part::kBias;
    if (role.role == Role::kFinalNorm && !bias) return out_.final_norm = &tensor, true;
    if (role.layer < 0) return bias;
    LayerView& layer = layers_[role.layer].view;
    switch (role.role) {
      case Role::kAttentionNorm:
        (bias ? layer.attention_norm_bias : layer.attention_norm) = &tensor;
        return true;
      case Role::kMlpNorm:
        (bias ? layer.mlp_norm_bias : layer.mlp_norm) = &tensor;
        return true;
      case Role::kPostAttentionNorm:
        if (!bias) layer.post_attention_norm = &tensor;
        return true;
      case Role::kPostMlpNorm:
        if (!bias) layer.post_mlp_norm = &tensor;
        return true;
      case Role::kUp:
      case Role::kGateUp:
      case Role::kExpertUp:
      case Role::kExpertGateUp:
        layer.up_bias |= bias;
        return bias;
      default:
        return bias;
    }
  }

  void add_matrix(const io::TensorInfo& tensor, const io::TensorRole& role) {
    using io::Role;
    const auto whole = whole_matrix(tensor, role);
    if (!whole) return;
    if (role.role == Role::kEmbedding || role.role == Role::kPatchEmbedding) return add_embedding(*whole, role);
    if (role.role == Role::kLmHead) return void(out_.head = *whole);
    if (role.layer < 0) return;
    LayerView& layer = layers_[role.layer].view;
    switch (role.role) {
      case Role::kQ:
        layer.attention.q = rope(*whole, role);
        break;
      case Role::kK:
        layer.attention.k = rope(*whole, role);
        break;
      case Role::kV:
        layer.attention.v = *whole;
        break;
      case Role::kO:
        layer.attention.o = *whole;
        break;
      case Role::kQkv:
        split_qkv(layer.attention, *whole, role);
        break;
      case Role::kRouter:
        layer.router = *whole;
        break;
      default:
        add_mlp(tensor, role, *whole);
    }
  }

  void add_embedding(const WeightRef& whole, const io::TensorRole& role) {
    if (!out_.embedding.present() || role.role == io::Role::kEmbedding) out_.embedding = whole;
  }

  WeightRef rope(WeightRef ref, const io::TensorRole& role) const {
    if (role.rope_permuted) undo_rope_order(ref, heads_.size);
    return ref;
  }

  void split_qkv(AttentionView& attention, const WeightRef& whole, const io::TensorRole& role) {
    const std::uint64_t size = heads_.size, q = heads_.query * size, kv = heads_.key_value * size;
    if (q == 0 || q + 2 * kv != whole.stored_outputs) return;
    if (role.layout == io::Layout::kGrouped) return split_grouped(attention, whole);
    attention.q = rope(slice(whole, 0, q), role);
    attention.k = rope(slice(whole, q, kv), role);
    attention.v = slice(whole, q + kv, kv);
  }

  void split_grouped(AttentionView& attention, const WeightRef& whole) {
    const std::uint64_t size = heads_.size, per_group = heads_.query / std::max<std::uint64_t>(1, heads_.key_value);
    std::vector<std::uint32_t> q, k, v;
    std::uint32_t row = 0;
    for (std::uint64_t g = 0; g < heads_.key_value; ++g) {
      for (std::uint64_t i = 0; i < per_group * size; ++i) q.push_back(row++);
      for (std::uint64_t i = 0; i < size; ++i) k.push_back(row++);
      for (std::uint64_t i = 0; i < size; ++i) v.push_back(row++);
    }
    attention.q = with_order(whole, std::move(q));
    attention.k = with_order(whole, std::move(k));
    attention.v = with_order(whole, std::move(v));
  }

  void add_mlp(const io::TensorInfo& tensor, const io::TensorRole& role, const WeightRef& whole) {
    using io::Role;
    const bool routed = role.role == Role::kExpertGate || role.role == Role::kExpertUp ||
                        role.role == Role::kExpertDown || role.role == Role::kExpertGateUp;
    const bool shared = role.role == Role::kSharedGate || role.role == Role::kSharedUp ||
                        role.role == Role::kSharedDown || role.role == Role::kSharedGateUp;
    if (!routed) return set_mlp(layers_[role.layer].mlps[shared ? -1 : -2], role, whole, shared, -1);
    if (!role.stacked)
      return set_mlp(layers_[role.layer].mlps[std::max(0, role.expert)], role, whole, false, role.expert);
    const std::uint64_t experts = tensor.shape.front();
    for (std::uint64_t e = 0; e < experts && e < 4096; ++e)
      if (const auto one = whole_matrix(tensor, role, e))
        set_mlp(layers_[role.layer].mlps[static_cast<int>(e)], role, *one, false, static_cast<int>(e));
  }

  static void set_mlp(MlpView& mlp, const io::TensorRole& role, const WeightRef& whole, bool shared, int expert) {
    using io::Role;
    mlp.shared = shared;
    mlp.expert = expert;
    mlp.gate_up_uncertain |= role.gate_up_uncertain;
    switch (role.role) {
      case Role::kGate:
      case Role::kExpertGate:
      case Role::kSharedGate:
        mlp.gate = whole;
        break;
      case Role::kUp:
      case Role::kExpertUp:
      case Role::kSharedUp:
        mlp.up = whole;
        break;
      case Role::kDown:
      case Role::kExpertDown:
      case Role::kSharedDown:
        mlp.down = whole;
        break;
      case Role::kGateUp:
      case Role::kExpertGateUp:
      case Role::kSharedGateUp:
        split_gate_up(mlp, role, whole);
        break;
      default:
        break;
    }
  }

  static void split_gate_up(MlpView& mlp, const io::TensorRole& role, const WeightRef& whole) {
    const std::uint64_t half = whole.stored_outputs / 2;
    if (role.layout == io::Layout::kInterleaved) {
      mlp.gate = slice(whole, 0, half, 2);
      mlp.up = slice(whole, 1, half, 2);
      return;
    }
    const bool up_first = role.layout == io::Layout::kUpGate;
    (up_first ? mlp.up : mlp.gate) = slice(whole, 0, half);
    (up_first ? mlp.gate : mlp.up) = slice(whole, half, half);
  }

  const io::TensorStore& store_;
  HeadShape heads_;
  ComponentView out_;
  std::map<int, Layer> layers_;
};

/// The head size and counts that fit the tensors when the configuration is silent.
HeadShape guess_heads(const io::TensorStore& store, const io::RoleTable& roles, io::Component component,
                      HeadShape heads) {
  std::uint64_t q = 0, k = 0, norm = 0;
  for (std::size_t i = 0; i < roles.roles.size(); ++i) {
    const auto& r = roles.roles[i];
    if (r.component != component || r.part != io::Part::kWeight) continue;
    if (r.role == io::Role::kQ && q == 0) q = store.tensors()[i].rows();
    if (r.role == io::Role::kK && k == 0) k = store.tensors()[i].rows();
    if (r.role == io::Role::kQNorm && norm == 0) norm = store.tensors()[i].elements;
  }
  if (q == 0 || k == 0) return heads;
  if (heads.query > 0 && q == heads.query * heads.size) {  // stated and true; k counts its own heads
    if (k % heads.size == 0) heads.key_value = k / heads.size;
    return heads;
  }
  heads.size = norm > 0 && q % norm == 0 && norm < q ? norm : (q % 128 == 0 && k % 128 == 0 && q >= 2048 ? 128 : 0);
  if (heads.size == 0 && q % 64 == 0 && k % 64 == 0 && q >= 256) heads.size = 64;
  if (heads.size == 0) return heads;
  heads.query = q / heads.size;
  heads.key_value = k / heads.size;
  return heads;
}

}  // namespace

ComponentView build_component(const io::TensorStore& store, const io::RoleTable& roles, io::Component component,
                              HeadShape heads) {
  Builder builder(store, guess_heads(store, roles, component, heads));
  for (std::size_t i = 0; i < roles.roles.size(); ++i) {
    const auto& role = roles.roles[i];
    const bool of_text = component == io::Component::kTextDecoder && role.component == io::Component::kEmbedding;
    if (role.component == component || of_text) builder.add(store.tensors()[i], role);
  }
  return builder.finish(component, component == io::Component::kTextDecoder ? roles.hidden : 0);
}

}  // namespace pedigree::weight
