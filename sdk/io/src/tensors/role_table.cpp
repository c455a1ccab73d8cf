// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "pedigree/io/tensor_role.hpp"
#include "role_words.hpp"

namespace pedigree::io {
namespace {

bool is_matrix(const TensorInfo& t) { return t.shape.size() == 2; }
std::uint64_t last(const TensorInfo& t) { return t.shape.back(); }
std::uint64_t before_last(const TensorInfo& t) { return t.shape[t.shape.size() - 2]; }

/// Roles that read the residual stream: (…, hidden). Those that write it: (hidden, …).
bool reads_residual(Role r) {
  switch (r) {
    case Role::kQ:
    case Role::kK:
    case Role::kV:
    case Role::kQkv:
    case Role::kKv:
    case Role::kQA:
    case Role::kKvA:
    case Role::kGate:
    case Role::kUp:
    case Role::kGateUp:
    case Role::kRouter:
    case Role::kExpertGate:
    case Role::kExpertUp:
    case Role::kExpertGateUp:
    case Role::kSharedGate:
    case Role::kSharedUp:
    case Role::kSharedGateUp:
      return true;
    default:
      return false;
  }
}
bool writes_residual(Role r) {
  return r == Role::kO || r == Role::kDown || r == Role::kExpertDown || r == Role::kSharedDown;
}

using LayerKey = std::pair<Component, int>;
using Layers = std::map<LayerKey, std::vector<std::size_t>>;

Layers layers_of(std::span<const TensorRole> roles) {
  Layers layers;
  for (std::size_t i = 0; i < roles.size(); ++i)
    if (roles[i].layer >= 0) layers[{roles[i].component, roles[i].layer}].push_back(i);
  return layers;
}

/// Residual width of each component: the commonest size of its norms.
std::map<Component, std::uint64_t> widths_of(std::span<const TensorInfo> tensors, std::span<const TensorRole> roles) {
  std::map<Component, std::map<std::uint64_t, std::size_t>> sizes;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const auto r = roles[i].role;
    const bool norm = r == Role::kAttentionNorm || r == Role::kMlpNorm || r == Role::kPostAttentionNorm ||
                      r == Role::kPostMlpNorm || r == Role::kFinalNorm;
    if (norm && tensors[i].shape.size() == 1) ++sizes[roles[i].component][tensors[i].elements];
  }
  std::map<Component, std::uint64_t> widths;
  for (const auto& [component, counts] : sizes)
    widths[component] = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
                          return a.second < b.second;
                        })->first;
  return widths;
}

class Corrector {
 public:
  Corrector(std::span<const TensorInfo> tensors, std::uint64_t hidden, std::span<TensorRole> roles)
      : tensors_(tensors), roles_(roles), hidden_(hidden) {}

  void run() {
    move_prediction_layers();
    audio_encoder_by_its_convolutions();
    auto layers = layers_of(roles_);
    for (const auto& [key, members] : layers) {
      separate_post_norms(members);
      name_gate_and_up(members);
    }
    widths_ = widths_of(tensors_, roles_);
    if (hidden_ != 0) widths_[Component::kTextDecoder] = hidden_;
    orient_single();
    orient_conv1d();
    for (const auto& [key, members] : layers) {
      find_fused_gate_up(members);
      orient_stacked(members);
    }
    interleave_gpt_oss();
    for (std::size_t i = 0; i < roles_.size(); ++i) mark_packed(i);
  }

 private:
  std::string_view name(std::size_t i) const { return tensors_[i].name; }
  bool has(const std::vector<std::size_t>& members, std::string_view part) const {
    return std::any_of(members.begin(), members.end(),
                       [&](auto i) { return name(i).find(part) != std::string_view::npos; });
  }
  bool has(const std::vector<std::size_t>& members, Role role) const {
    return std::any_of(members.begin(), members.end(), [&](auto i) { return roles_[i].role == role; });
  }
  std::uint64_t width(std::size_t i) const {
    const auto found = widths_.find(roles_[i].component);
    return found == widths_.end() ? 0 : found->second;
  }

  /// DeepSeek and GLM store prediction heads as further layers that hold an eh_proj.
  void move_prediction_layers() {
    std::set<int> heads;
    for (const auto& r : roles_)
      if (r.role == Role::kMtpProjection && r.component == Component::kTextDecoder) heads.insert(r.layer);
    for (auto& r : roles_)
      if (r.layer >= 0 && heads.contains(r.layer) &&
          (r.component == Component::kTextDecoder || r.component == Component::kEmbedding ||
           r.component == Component::kUnknown))
        r.component = Component::kMtp;
  }

  /// Whisper's encoder has no word of its own; two convolutions in front of it give it away.
  void audio_encoder_by_its_convolutions() {
    bool audio = false;
    for (const auto& r : roles_) audio |= r.component == Component::kTextEncoder && r.role == Role::kConvolution;
    if (!audio) return;
    for (auto& r : roles_)
      if (r.component == Component::kTextEncoder) r.component = Component::kAudioEncoder;
  }

  /// post_attention_layernorm is the norm in front of the MLP, except where another norm is.
  void separate_post_norms(const std::vector<std::size_t>& members) {
    const bool own_mlp_norm = has(members, "pre_feedforward_layernorm") || has(members, "pre_mlp_layernorm");
    const bool post_only = has(members, "post_feedforward_layernorm") && !has(members, Role::kAttentionNorm);
    if (own_mlp_norm || post_only) {
      for (auto i : members)
        if (name(i).find("post_attention_layernorm") != std::string_view::npos)
          roles_[i].role = Role::kPostAttentionNorm;
    }
    // GGUF calls the norm in front of the MLP post_attention_norm for some families.
    if (!has(members, Role::kMlpNorm) && !has(members, Role::kPostMlpNorm) && has(members, Role::kAttentionNorm)) {
      for (auto i : members)
        if (roles_[i].role == Role::kPostAttentionNorm && name(i).find("post_attention_norm") != std::string_view::npos)
          roles_[i].role = Role::kMlpNorm;
    }
  }

  /// w1 and w2 beside a c_proj: Qwen's w2 is the gate; others write the gate first. Without a third
  /// matrix there is no gate at all.
  void name_gate_and_up(const std::vector<std::size_t>& members) {
    const auto ends = [&](std::size_t i, std::string_view word) {
      const auto words = words_of(name(i));
      return std::find(words.begin(), words.end(), word) != words.end();
    };
    const bool with_c_proj = has(members, "mlp.c_proj");
    const bool third = has(members, ".w3") || has(members, ".v1");
    const bool qwen = has(members, "attn.c_attn");
    for (auto i : members) {
      auto& r = roles_[i];
      if (with_c_proj && !third && (ends(i, "w1") || ends(i, "w2"))) {
        r.role = ends(i, "w1") == qwen ? Role::kUp : Role::kGate;
        r.gate_up_uncertain = !qwen;
      } else if (!with_c_proj && !third && ends(i, "w1")) {
        if (r.role == Role::kGate) r.role = Role::kUp;
        if (r.role == Role::kExpertGate) r.role = Role::kExpertUp;
      }
    }
  }

  /// A matrix whose sizes only fit the other way round.
  void orient_single() {
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      const auto d = width(i);
      if (d == 0 || !is_matrix(tensors_[i]) || roles_[i].part != Part::kWeight) continue;
      const auto rows = before_last(tensors_[i]), columns = last(tensors_[i]);
      if (reads_residual(roles_[i].role)) roles_[i].transposed = columns != d && rows == d;
      if (writes_residual(roles_[i].role)) roles_[i].transposed = rows != d && columns == d;
    }
  }

  /// GPT-2's Conv1D is (input, output); its square matrices follow the others of the component.
  void orient_conv1d() {
    std::set<Component> components;
    for (std::size_t i = 0; i < roles_.size(); ++i)
      if (roles_[i].transposed &&
          (name(i).find(".c_attn.") != std::string_view::npos || name(i).find(".c_fc.") != std::string_view::npos))
        components.insert(roles_[i].component);
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      const bool conv = name(i).find(".c_attn.") != std::string_view::npos ||
                        name(i).find(".c_proj.") != std::string_view::npos ||
                        name(i).find(".c_fc.") != std::string_view::npos;
      if (conv && is_matrix(tensors_[i]) && components.contains(roles_[i].component)) roles_[i].transposed = true;
    }
  }

  /// An up matrix with twice the rows that down has columns holds the gate too (ChatGLM, Phi-3 in GGUF).
  void find_fused_gate_up(const std::vector<std::size_t>& members) {
    for (const auto [up, down, fused, gate] :
         {std::array{Role::kUp, Role::kDown, Role::kGateUp, Role::kGate},
          std::array{Role::kSharedUp, Role::kSharedDown, Role::kSharedGateUp, Role::kSharedGate}}) {
      if (has(members, gate)) continue;
      std::uint64_t inner = 0;
      for (auto i : members)
        if (roles_[i].role == down && is_matrix(tensors_[i]))
          inner = roles_[i].transposed ? before_last(tensors_[i]) : last(tensors_[i]);
      for (auto i : members) {
        if (roles_[i].role != up || inner == 0 || tensors_[i].shape.empty()) continue;
        const auto outer = roles_[i].transposed ? last(tensors_[i]) : tensors_[i].rows();
        if (outer != 2 * inner) continue;
        roles_[i].role = fused;
        roles_[i].layout = Layout::kBlocks;
      }
    }
  }

  /// (expert, output, input) unless the sizes say (expert, input, output).
  void orient_stacked(const std::vector<std::size_t>& members) {
    bool transposed = false;
    for (auto i : members) {
      const auto d = width(i);
      if (!roles_[i].stacked || tensors_[i].shape.size() != 3 || d == 0) continue;
      const auto a = before_last(tensors_[i]), b = last(tensors_[i]);
      if (reads_residual(roles_[i].role)) roles_[i].transposed = b != d && a == d;
      if (writes_residual(roles_[i].role)) roles_[i].transposed = a != d && b == d;
      transposed |= roles_[i].transposed;
    }
    for (auto i : members)  // a square down matrix follows the others of its layer
      if (transposed && roles_[i].stacked && tensors_[i].shape.size() == 3) roles_[i].transposed = true;
  }

  /// GPT-OSS alternates gate and up; it alone has biases on stacked experts.
  void interleave_gpt_oss() {
    bool found = false;
    for (std::size_t i = 0; i < roles_.size(); ++i)
      found |= roles_[i].role == Role::kExpertGateUp && roles_[i].stacked && roles_[i].part == Part::kBias &&
               name(i).ends_with("gate_up_proj_bias");
    for (auto& r : roles_)
      if (found && r.role == Role::kExpertGateUp && r.stacked) r.layout = Layout::kInterleaved;
  }

  /// Bytes under the name of a matrix are four-bit codes (bitsandbytes).
  void mark_packed(std::size_t i) {
    auto& r = roles_[i];
    const bool matrix = reads_residual(r.role) || writes_residual(r.role);
    if (matrix && r.part == Part::kWeight && tensors_[i].dtype == Dtype::kU8) r.part = Part::kPacked;
  }

  std::span<const TensorInfo> tensors_;
  std::span<TensorRole> roles_;
  std::uint64_t hidden_;
  std::map<Component, std::uint64_t> widths_;
};

// Architectures whose conversion to GGUF reorders q and k (llama.cpp convert_hf_to_gguf.py, permute()).
constexpr std::array<std::string_view, 11> kPermuted = {"llama",    "granite",   "granitemoe", "minicpm",
                                                        "baichuan", "internlm2", "xverse",     "deci",
                                                        "arcee",    "smollm3",   "mistral3"};

void mark_gguf(std::string_view architecture, std::span<TensorRole> roles) {
  const bool permuted = std::find(kPermuted.begin(), kPermuted.end(), architecture) != kPermuted.end();
  for (auto& r : roles) {
    if (r.role == Role::kQkv) r.layout = Layout::kBlocks;  // the converters write q | k | v
    r.rope_permuted = permuted && (r.role == Role::kQ || r.role == Role::kK);
  }
}

std::uint64_t residual_width(std::span<const TensorInfo> tensors, std::span<const TensorRole> roles) {
  const auto widths = widths_of(tensors, roles);
  if (const auto found = widths.find(Component::kTextDecoder); found != widths.end()) return found->second;
  for (std::size_t i = 0; i < roles.size(); ++i)
    if (roles[i].role == Role::kEmbedding && is_matrix(tensors[i])) return last(tensors[i]);
  return 0;
}

}  // namespace

void correct_roles(std::span<const TensorInfo> tensors, std::uint64_t hidden, std::span<TensorRole> roles) {
  Corrector{tensors, hidden, roles}.run();
}

std::ptrdiff_t RoleTable::find(Component component, int layer, Role role, int expert, Part part) const {
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const auto& r = roles[i];
    if (r.component == component && r.layer == layer && r.role == role && r.expert == expert && r.part == part)
      return static_cast<std::ptrdiff_t>(i);
  }
  return -1;
}

RoleTable tensor_roles(std::span<const TensorInfo> tensors, bool gguf, const ModelShape& shape,
                       std::string_view gguf_architecture) {
  RoleTable table;
  table.roles.reserve(tensors.size());
  for (const auto& t : tensors) {
    table.roles.push_back(role_of_tensor(t.name));
    auto& part = table.roles.back().part;
    if (t.storage == Storage::kScaled) part = Part::kWeight;  // read_floats undoes the packing
    if (t.storage == Storage::kScale) part = Part::kScale;
    if (t.storage == Storage::kPacked) part = Part::kPacked;
  }
  if (gguf) mark_gguf(gguf_architecture, table.roles);
  correct_roles(tensors, shape.hidden, table.roles);
  table.hidden = shape.hidden != 0 ? shape.hidden : residual_width(tensors, table.roles);
  infer_roles(tensors, shape, table.hidden, table.roles);
  if (table.hidden == 0) table.hidden = residual_width(tensors, table.roles);
  std::set<int> layers;
  for (std::size_t i = 0; i < table.roles.size(); ++i) {
    const auto& r = table.roles[i];
    if (r.role == Role::kUnknown) table.unknown.push_back(i);
    if (r.inferred) table.inferred.push_back(i);
    if (r.component == Component::kTextDecoder && r.layer >= 0) layers.insert(r.layer);
  }
  table.text_layers = static_cast<int>(layers.size());
  return table;
}

RoleTable tensor_roles(const TensorStore& store, const ModelShape& shape) {
  return tensor_roles(store.tensors(), store.is_gguf(), shape, store.gguf_architecture());
}

}  // namespace pedigree::io
