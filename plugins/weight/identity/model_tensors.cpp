// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/model_tensors.hpp"

#include <algorithm>
#include <set>

namespace pedigree::weight {
namespace {
using io::Part;
using io::Role;

bool is_token_table(Role role) { return role == Role::kEmbedding || role == Role::kLmHead; }

/// Elements both tensors share in one order; nothing when their sizes forbid a comparison.
std::optional<TensorPair> comparable(const ModelTensors& subject, std::size_t i, const ModelTensors& reference,
                                     std::size_t j) {
  const auto &a = subject.tensors()[i], &b = reference.tensors()[j];
  // GPT-OSS stores its experts (input, output) in BF16 and (output, input) in MXFP4.
  if (subject.role(i).transposed != reference.role(j).transposed) return std::nullopt;
  TensorPair pair{i, j, a.elements, a.name == b.name, true};
  if (a.shape == b.shape) return pair;
  const bool tables = is_token_table(subject.role(i).role) && is_token_table(reference.role(j).role);
  if (!tables || a.shape.size() != 2 || b.shape.size() != 2 || a.shape[1] != b.shape[1]) return std::nullopt;
  pair.elements = std::min(a.elements, b.elements);
  pair.whole = false;
  return pair;
}

using Key = std::tuple<io::Component, int, Role, int, Part>;
Key key_of(const io::TensorRole& r) { return {r.component, r.layer, r.role, r.expert, r.part}; }

/// Tensors by meaning; a meaning that several tensors share names none of them.
std::map<Key, std::size_t> by_meaning(const ModelTensors& model) {
  std::map<Key, std::size_t> found;
  std::set<Key> twice;
  for (std::size_t i = 0; i < model.tensors().size(); ++i) {
    if (model.role(i).role == Role::kUnknown || model.role(i).role == Role::kLinear) continue;
    const auto key = key_of(model.role(i));
    if (!found.emplace(key, i).second) twice.insert(key);
  }
  for (const auto& key : twice) found.erase(key);
  return found;
}

bool has_values(const ModelTensors& model, std::size_t i) {
  return model.tensors()[i].readable() && model.role(i).part != Part::kPacked;
}

}  // namespace

std::optional<ModelTensors> ModelTensors::open(std::string_view id, const std::vector<Artifact>& artifacts) {
  auto store = io::TensorStore::open(artifacts);
  if (!store) {
    if (store.error().code == "STORE_NO_WEIGHTS" || store.error().code == "GGUF_NO_TENSORS") return std::nullopt;
    throw InputError(store.error().text());
  }
  auto roles = io::tensor_roles(*store);
  return ModelTensors{std::string{id}, std::move(*store), std::move(roles)};
}

bool is_learned(const io::TensorInfo& tensor, const io::TensorRole& role) {
  if (role.role == Role::kBuffer || role.part == Part::kScale) return false;
  if (role.role == Role::kUnknown && (tensor.name.ends_with("_buffer") || tensor.name.ends_with("inv_freq")))
    return false;
  return tensor.elements > 0;
}

Pairing pair_tensors(const ModelTensors& subject, const ModelTensors& reference) {
  Pairing out;
  const auto meanings = by_meaning(reference);
  const auto own_meanings = by_meaning(subject);
  const auto* first = reference.tensors().data();
  std::set<std::size_t> taken;
  for (std::size_t i = 0; i < subject.tensors().size(); ++i) {
    const auto& tensor = subject.tensors()[i];
    if (!is_learned(tensor, subject.role(i))) continue;
    std::optional<std::size_t> partner;
    if (const auto* named = reference.store.find(tensor.name)) partner = static_cast<std::size_t>(named - first);
    const auto key = key_of(subject.role(i));
    const auto meant = meanings.find(key);
    if (!partner && meant != meanings.end() && own_meanings.contains(key)) partner = meant->second;
    if (!partner || taken.contains(*partner)) {
      ++out.unmatched;
      continue;
    }
    const auto pair = comparable(subject, i, reference, *partner);
    if (!pair) {
      ++out.other_shape;
    } else if (!has_values(subject, i) || !has_values(reference, *partner)) {
      ++out.opaque;
    } else {
      taken.insert(*partner);
      out.pairs.push_back(*pair);
    }
  }
  return out;
}

}  // namespace pedigree::weight
