// SPDX-License-Identifier: MIT
// Roles without names: a decoder's tensors are told apart by their sizes and by the order every
// writer keeps (norm, q, k, v, o, norm, gate, up, down).
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "role_words.hpp"

namespace pedigree::io {
namespace {

constexpr double kNamedShareThatStandsAlone = 0.5;

/// First number among the words of a name.
std::optional<int> first_number(std::string_view name) {
  for (auto word : words_of(name)) {
    int value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error == std::errc{} && end == word.data() + word.size() && value >= 0) return value;
  }
  return std::nullopt;
}

using Members = std::vector<std::size_t>;

class Inferrer {
 public:
  Inferrer(std::span<const TensorInfo> tensors, const ModelShape& shape, std::uint64_t hidden,
           std::span<TensorRole> roles)
      : tensors_(tensors), shape_(shape), hidden_(hidden), roles_(roles) {}

  void run() {
    Members unknown;
    std::size_t named = 0;
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      if (roles_[i].component == Component::kTextDecoder && roles_[i].role != Role::kUnknown) ++named;
      const bool text = roles_[i].component == Component::kUnknown || roles_[i].component == Component::kTextDecoder;
      if (roles_[i].role == Role::kUnknown && text && roles_[i].part == Part::kWeight) unknown.push_back(i);
    }
    // Where names are mostly known, the rest is some novelty, not a decoder in disguise.
    if (unknown.empty() ||
        static_cast<double>(named) >= kNamedShareThatStandsAlone * static_cast<double>(roles_.size()))
      return;
    if (hidden_ == 0) hidden_ = commonest_size(unknown);
    if (hidden_ == 0) return;
    std::map<int, Members> groups;
    Members outside;
    for (auto i : unknown) {
      const auto number = first_number(tensors_[i].name);
      if (number)
        groups[*number].push_back(i);
      else
        outside.push_back(i);
    }
    if (!groups_look_like_layers(groups)) {
      for (auto& [number, members] : groups) outside.insert(outside.end(), members.begin(), members.end());
      std::sort(outside.begin(), outside.end());
      groups = groups_by_order(outside);
    }
    for (const auto& [number, members] : groups) name_layer(number, members);
    name_ends(outside);
  }

 private:
  bool is_matrix(std::size_t i) const { return tensors_[i].shape.size() == 2; }
  bool is_vector(std::size_t i) const { return tensors_[i].shape.size() == 1 && tensors_[i].elements == hidden_; }
  std::uint64_t rows(std::size_t i) const { return tensors_[i].shape[0]; }
  std::uint64_t columns(std::size_t i) const { return tensors_[i].shape[1]; }
  bool reads(std::size_t i) const { return is_matrix(i) && columns(i) == hidden_; }
  bool writes(std::size_t i) const { return is_matrix(i) && rows(i) == hidden_; }

  void give(std::size_t i, Component component, int layer, Role role, bool uncertain = false) {
    auto& r = roles_[i];
    r.component = component;
    r.layer = layer;
    r.role = role;
    r.inferred = true;
    r.gate_up_uncertain = uncertain;
  }

  /// The size most matrices share is the residual width.
  std::uint64_t commonest_size(const Members& members) const {
    std::map<std::uint64_t, std::size_t> counts;
    for (auto i : members) {
      if (!is_matrix(i)) continue;
      ++counts[rows(i)];
      if (columns(i) != rows(i)) ++counts[columns(i)];
    }
    std::uint64_t best = 0;
    for (const auto& [size, count] : counts)
      if (best == 0 || count > counts[best]) best = size;
    return best;
  }

  /// Layers are several groups of one size each.
  static bool groups_look_like_layers(const std::map<int, Members>& groups) {
    if (groups.empty()) return false;
    std::map<std::size_t, std::size_t> sizes;
    for (const auto& [number, members] : groups) ++sizes[members.size()];
    const auto commonest =
        std::max_element(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return commonest->first >= 4 && 2 * commonest->second > groups.size();
  }

  /// Without numbers: each kind of shape occurs a fixed number of times per layer. Takes the members
  /// that fall into layers out of `outside`.
  std::map<int, Members> groups_by_order(Members& outside) const {
    std::map<std::vector<std::uint64_t>, Members> shapes;
    for (auto i : outside) shapes[tensors_[i].shape].push_back(i);
    const std::size_t layers = layer_count(shapes);
    std::map<int, Members> groups;
    if (layers < 2) return groups;
    Members rest;
    for (const auto& [size, members] : shapes) {
      const std::size_t each = members.size() / layers;
      for (std::size_t k = 0; k < members.size(); ++k) {
        if (each == 0 || k >= each * layers)
          rest.push_back(members[k]);
        else
          groups[static_cast<int>(k / each)].push_back(members[k]);
      }
    }
    for (auto& [layer, members] : groups) std::sort(members.begin(), members.end());
    std::sort(rest.begin(), rest.end());
    outside = std::move(rest);
    return groups;
  }

  std::size_t layer_count(const std::map<std::vector<std::uint64_t>, Members>& shapes) const {
    if (shape_.layers != 0) return static_cast<std::size_t>(shape_.layers);
    for (const auto& [size, members] : shapes)  // one down matrix per layer
      if (size.size() == 2 && size[0] == hidden_ && size[1] > hidden_) return members.size();
    return 0;
  }

  void name_layer(int layer, const Members& members) {
    Members norms, readers, square;
    std::optional<std::size_t> down;
    for (auto i : members) {
      if (is_vector(i))
        norms.push_back(i);
      else if (reads(i) && writes(i))
        square.push_back(i);
      else if (writes(i) && columns(i) > hidden_)
        down = i;
    }
    const std::uint64_t inner = down ? columns(*down) : shape_.intermediate;
    Members mlp, attention;
    for (auto i : members) {
      if (!is_matrix(i) || (down && i == *down)) continue;
      if (reads(i) && inner != 0 && (rows(i) == inner || rows(i) == 2 * inner) && rows(i) != hidden_)
        mlp.push_back(i);
      else if (reads(i) || writes(i))
        attention.push_back(i);
    }
    if (!norms.empty()) give(norms.front(), Component::kTextDecoder, layer, Role::kAttentionNorm);
    if (norms.size() > 1) give(norms.back(), Component::kTextDecoder, layer, Role::kMlpNorm);
    if (down) give(*down, Component::kTextDecoder, layer, Role::kDown);
    name_mlp(layer, mlp, inner);
    name_attention(layer, attention);
  }

  void name_mlp(int layer, const Members& mlp, std::uint64_t inner) {
    if (mlp.size() == 1 && rows(mlp[0]) == 2 * inner) {
      give(mlp[0], Component::kTextDecoder, layer, Role::kGateUp, true);
      roles_[mlp[0]].layout = Layout::kBlocks;
    } else if (mlp.size() == 1) {
      give(mlp[0], Component::kTextDecoder, layer, Role::kUp);
    } else if (mlp.size() == 2) {
      give(mlp[0], Component::kTextDecoder, layer, Role::kGate, true);
      give(mlp[1], Component::kTextDecoder, layer, Role::kUp, true);
    }
  }

  /// q, k, v, o in the order of the file; a fused qkv is the one reader larger than hidden.
  void name_attention(int layer, const Members& attention) {
    if (attention.size() == 2 && reads(attention[0]) && rows(attention[0]) > hidden_) {
      give(attention[0], Component::kTextDecoder, layer, Role::kQkv);
      roles_[attention[0]].layout = Layout::kBlocks;
      give(attention[1], Component::kTextDecoder, layer, Role::kO);
      return;
    }
    if (attention.size() != 4) return;
    Members small, large;
    for (auto i : attention) (reads(i) && rows(i) < hidden_ ? small : large).push_back(i);
    // Grouped heads: the two small readers are k and v; the writer that reads nothing is o.
    const bool grouped = small.size() == 2;
    if (grouped && reads(large[1]) && !reads(large[0])) std::swap(large[0], large[1]);
    const auto order = grouped ? Members{large[0], small[0], small[1], large[1]} : attention;
    constexpr std::array kRoles = {Role::kQ, Role::kK, Role::kV, Role::kO};
    for (std::size_t k = 0; k < 4; ++k) give(order[k], Component::kTextDecoder, layer, kRoles[k]);
  }

  /// What is in no layer: embedding, final norm, head.
  void name_ends(const Members& outside) {
    const TensorInfo* embedding = nullptr;
    for (auto i : outside) {
      if (is_vector(i)) {
        give(i, Component::kTextDecoder, -1, Role::kFinalNorm);
      } else if (reads(i) && rows(i) > hidden_) {
        give(i, Component::kEmbedding, -1, embedding == nullptr ? Role::kEmbedding : Role::kLmHead);
        embedding = &tensors_[i];
      }
    }
  }

  std::span<const TensorInfo> tensors_;
  const ModelShape& shape_;
  std::uint64_t hidden_;
  std::span<TensorRole> roles_;
};

}  // namespace

void infer_roles(std::span<const TensorInfo> tensors, const ModelShape& shape, std::uint64_t hidden,
                 std::span<TensorRole> roles) {
  Inferrer{tensors, shape, hidden, roles}.run();
}

}  // namespace pedigree::io
