// SPDX-License-Identifier: MIT
#include "plugins/weight/model/model_view.hpp"

#include <algorithm>
#include <map>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/config.hpp"
#include "pedigree/io/tokenizer_reader.hpp"
#include "plugins/weight/model/adapter.hpp"
#include "plugins/weight/model/layer_builder.hpp"

namespace pedigree::weight {
namespace {

std::optional<io::ModelConfig> config_of(const std::vector<Artifact>& artifacts) {
  for (const auto& a : artifacts) {
    if (a.role != io::role::kConfig || a.from_catalog()) continue;
    if (auto read = io::read_config(a.bytes, a.name); read.ok()) return std::move(*read);
  }
  return std::nullopt;
}

bool has_tensor_files(const std::vector<Artifact>& artifacts) {
  return std::any_of(artifacts.begin(), artifacts.end(),
                     [](const Artifact& a) { return a.role == io::role::kWeights || a.role == io::role::kGguf; });
}

std::uint64_t fact(const io::ComponentConfig* config, std::string_view name) {
  if (config == nullptr) return 0;
  const std::int64_t value = config->integer_or(name, 0);
  return value > 0 ? static_cast<std::uint64_t>(value) : 0;
}

io::ModelShape shape_of(const io::ComponentConfig* c) {
  io::ModelShape shape;
  shape.hidden = fact(c, io::fact::kHiddenSize);
  shape.layers = fact(c, io::fact::kLayers);
  shape.heads = fact(c, io::fact::kHeads);
  shape.kv_heads = fact(c, io::fact::kKeyValueHeads);
  shape.head_dim = fact(c, io::fact::kHeadSize);
  shape.intermediate = fact(c, io::fact::kIntermediateSize);
  shape.vocabulary = fact(c, io::fact::kVocabularySize);
  return shape;
}

HeadShape heads_of(const io::ComponentConfig* c) {
  HeadShape heads{fact(c, io::fact::kHeads), fact(c, io::fact::kKeyValueHeads), fact(c, io::fact::kHeadSize)};
  const std::uint64_t hidden = fact(c, io::fact::kHiddenSize);
  if (heads.key_value == 0) heads.key_value = heads.query;
  if (heads.size == 0 && heads.query > 0) heads.size = hidden / heads.query;
  return heads;
}

constexpr std::string_view kNoTensors = "GGUF_NO_TENSORS";

/// Gemma stores gamma - 1 (not in GGUF, whose converter adds it).
double gain_offset_of(const std::optional<io::ModelConfig>& config, bool gguf) {
  return !gguf && config && config->model_type.starts_with("gemma") && !config->model_type.starts_with("gemma3n") ? 1
                                                                                                                  : 0;
}

/// A sample of rows of which more than half are zero or not finite says nothing about anyone.
bool mostly_dead(const io::TensorStore& store, const WeightRef& matrix) {
  constexpr std::uint64_t kSample = 64;
  const Matrix rows = load_rows(store, matrix, spread_indices(matrix.rows(), kSample));
  Index dead = 0;
  for (Index i = 0; i < rows.rows(); ++i) dead += !rows.row(i).allFinite() || rows.row(i).isZero(0) ? 1 : 0;
  return 2 * dead > rows.rows();
}

}  // namespace

bool ComponentView::gate_up_uncertain() const {
  return std::any_of(layers.begin(), layers.end(), [](const LayerView& layer) {
    return std::any_of(layer.mlps.begin(), layer.mlps.end(), [](auto& mlp) { return mlp.gate_up_uncertain; });
  });
}

std::size_t ComponentView::routed_experts() const {
  std::size_t most = 0;
  for (const auto& layer : layers) {
    const auto routed = std::count_if(layer.mlps.begin(), layer.mlps.end(), [](auto& m) { return m.expert >= 0; });
    most = std::max(most, static_cast<std::size_t>(routed));
  }
  return most;
}

std::string ModelView::why_not(const std::vector<Artifact>& artifacts) {
  if (has_tensor_files(artifacts)) {
    const auto opened = io::TensorStore::open(artifacts);
    if (opened.ok() && only_adapter(*opened)) return std::string(kOnlyAdapter);
    if (!opened.ok() && opened.error().code == kNoTensors)
      return "the file holds a vocabulary and no tensors; use a file with weights to compare weights";
  }
  const bool pickles =
      std::any_of(artifacts.begin(), artifacts.end(), [](const Artifact& a) { return a.role == io::role::kPickle; });
  return pickles ? "its tensors are in PyTorch pickles, which could run code and are never opened: convert them to "
                   "safetensors"
                 : "no tensors at hand (safetensors or GGUF)";
}

std::optional<ModelView> ModelView::open(std::string_view id, const std::vector<Artifact>& artifacts) {
  if (!has_tensor_files(artifacts)) return std::nullopt;
  auto opened = io::TensorStore::open(artifacts);
  if (!opened.ok() && opened.error().code == kNoTensors) return std::nullopt;
  if (opened.ok() && only_adapter(*opened)) return std::nullopt;
  if (!opened.ok()) throw InputError(std::string(id) + ": " + opened.error().text());
  ModelView view;
  view.id_ = id;
  view.store_ = std::make_unique<io::TensorStore>(std::move(*opened));
  const auto config = config_of(artifacts);
  const io::ComponentConfig* text = config ? config->find(component::kTextDecoder) : nullptr;
  const io::RoleTable roles = io::tensor_roles(*view.store_, shape_of(text));
  view.unknown_ = roles.unknown.size();
  if (auto tokenizer = io::open_tokenizer(artifacts); tokenizer.ok()) view.tokenizer_ = std::move(*tokenizer);
  for (const auto which : {io::Component::kTextDecoder, io::Component::kTextEncoder, io::Component::kVisionEncoder,
                           io::Component::kAudioEncoder, io::Component::kAudioDecoder}) {
    const io::ComponentConfig* facts = config ? config->find(io::to_text(which)) : nullptr;
    ComponentView built = build_component(*view.store_, roles, which, heads_of(facts));
    if (built.embedding.present() && mostly_dead(*view.store_, built.embedding)) {
      view.dead_embeddings_ += (view.dead_embeddings_.empty() ? "" : ", ") + std::string{io::to_text(which)};
      built.embedding = {};
    }
    if (built.layers.empty() && !built.embedding.present()) continue;
    if (which == io::Component::kTextDecoder) built.gain_offset = gain_offset_of(config, view.store_->is_gguf());
    view.components_.push_back(std::move(built));
  }
  return view;
}

const ComponentView* ModelView::find(io::Component component) const {
  for (const auto& c : components_)
    if (c.component == component) return &c;
  return nullptr;
}

}  // namespace pedigree::weight
