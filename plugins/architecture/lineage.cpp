// SPDX-License-Identifier: MIT
// declared-lineage: what a model's own files, and the catalog's card, say about its origin.
#include <algorithm>
#include <map>

#include "pedigree/io/json.hpp"
#include "plugins/architecture/calibration.hpp"
#include "plugins/architecture/comparison.hpp"
#include "plugins/architecture/signals.hpp"

namespace pedigree::architecture {
namespace {
using nlohmann::json;

/// One statement: this component comes from that model, said there.
struct Declaration {
  std::string component, parent, source, relation, how;
};

/// Classes of encoders that are published on their own and taken over by others.
struct DonorClass {
  std::string_view model_type;  ///< of the nested encoder
  std::string_view family;      ///< a wrapper whose model_type starts so is the donor's own
  std::string_view maker = {};  ///< so is one whose wrapper or decoder starts so (Pixtral is Mistral's)
};
constexpr DonorClass kDonors[] = {{"qwen2_vl", "qwen2"},
                                  {"qwen2_5_vl", "qwen2"},
                                  {"qwen2_5_omni_vision_encoder", "qwen2"},
                                  {"qwen3_vl", "qwen3"},
                                  {"qwen3_vl_moe", "qwen3"},
                                  {"clip_vision_model", "clip"},
                                  {"siglip_vision_model", "siglip"},
                                  {"siglip2_vision_model", "siglip"},
                                  {"intern_vit_6b", "intern"},
                                  {"internvl_vision", "intern"},
                                  {"dinov2", "dino"},
                                  {"pixtral", "pixtral", "mistral"},
                                  {"moonvit", "kimi"},
                                  {"whisper", "whisper"},
                                  {"qwen2_audio_encoder", "qwen2"},
                                  {"qwen2_5_omni_audio_encoder", "qwen2"},
                                  {"wav2vec2-bert", "wav2vec2"},
                                  {"hubert", "hubert"}};

/// A nested encoder whose class belongs to another family than the wrapper.
void by_encoder_class(const ModelFacts& subject, std::vector<Declaration>& out) {
  if (!subject.config) return;
  for (const auto& c : subject.config->components) {
    if (c.component != component::kVisionEncoder && c.component != component::kAudioEncoder) continue;
    const auto* donor = std::find_if(std::begin(kDonors), std::end(kDonors),
                                     [&](const DonorClass& d) { return d.model_type == c.model_type; });
    if (donor == std::end(kDonors) || c.root.empty()) continue;
    const auto& wrapper = subject.config->model_type;
    const auto* decoder = subject.decoder();
    const bool makers =
        !donor->maker.empty() &&
        (wrapper.starts_with(donor->maker) || (decoder != nullptr && decoder->model_type.starts_with(donor->maker)));
    if (wrapper.starts_with(donor->family) || makers) continue;
    out.push_back({c.component, c.model_type, subject.config_name + ":" + c.root + "/model_type",
                   std::string{relation::kDerived}, "encoder class of another family"});
  }
}

void by_model_card(const ModelFacts& subject, std::vector<Declaration>& out) {
  if (!subject.model_card) return;
  for (const auto& base : subject.model_card->base_models) {
    if (subject.is_named(base)) continue;
    const auto& kind = subject.model_card->relation;
    out.push_back({std::string{component::kModel}, base, subject.model_card_name + ":base_model",
                   std::string{relation::kDerived}, kind.empty() ? "base_model of the model card" : kind});
  }
}

void by_adapter(const ModelFacts& subject, std::vector<Declaration>& out) {
  if (!subject.adapter || subject.adapter->base_model.empty()) return;
  const auto& adapter = *subject.adapter;
  out.push_back({std::string{component::kModel}, adapter.base_model, subject.adapter_name + ":/base_model_name_or_path",
                 std::string{relation::kDerived}, adapter.kind.empty() ? "adapter" : adapter.kind});
}

void by_gguf(const ModelFacts& subject, std::vector<Declaration>& out) {
  for (const auto& base : subject.gguf_bases)
    if (!subject.is_named(base))
      out.push_back({std::string{component::kModel}, base, subject.gguf_name + ":general.base_model",
                     std::string{relation::kDerived}, "base model of the GGUF file"});
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

void by_catalog(const ModelFacts& subject, std::vector<Declaration>& out) {
  if (!subject.card.is_object()) return;
  const auto lineage = subject.card.find("lineage");
  if (lineage == subject.card.end() || !lineage->is_object()) return;
  const auto parents = lineage->find("parents");
  if (parents == lineage->end() || !parents->is_array()) return;
  for (const auto& parent : *parents) {
    if (!parent.is_object()) continue;
    Declaration d{text_of(parent, "component"), text_of(parent, "id"), "catalog card: " + text_of(parent, "basis"),
                  text_of(parent, "relation"), text_of(parent, "how")};
    const bool known = d.relation == relation::kDerived || d.relation == relation::kPartial;
    if (!d.component.empty() && !d.parent.empty() && known) out.push_back(std::move(d));
  }
}

/// The reference that a declaration means: by name, else the one with an encoder of that class
/// that agrees in most facts. nullptr when none does.
const ModelFacts* meant_by(const Declaration& d, const ModelFacts& subject, const std::vector<ModelFacts>& references) {
  for (const auto& r : references)
    if (r.is_named(d.parent)) return &r;
  const auto* mine = subject.component(d.component);
  if (mine == nullptr || mine->model_type != d.parent) return nullptr;
  const ModelFacts* best = nullptr;
  int most = -1;
  for (const auto& r : references) {
    const auto* theirs = r.component(d.component);
    if (theirs == nullptr || theirs->model_type != d.parent) continue;
    const int equal = compare(*mine, *theirs, core_keys(d.component)).equal() +
                      compare(*mine, *theirs, further_keys(d.component)).equal();
    if (equal > most) {
      most = equal;
      best = &r;
    }
  }
  return best;
}

/// A statement about the whole model is one about its decoder, the part that every verdict has; a
/// model without a decoder is judged by its first component.
std::string judged_component(const Declaration& d, const ModelFacts& subject) {
  if (d.component != component::kModel) return d.component;
  if (!subject.config || subject.decoder() != nullptr) return std::string{component::kTextDecoder};
  return subject.config->components.front().component;
}

/// Declarations of one component that mean the same reference become one piece of evidence.
Evidence evidence_of(const std::vector<Declaration>& said, const ModelFacts& subject, const ModelFacts* meant) {
  const auto& first = said.front();
  Evidence evidence;
  evidence.signal = signal::kDeclaredLineage;
  evidence.reference = meant == nullptr ? std::string{} : meant->id;
  evidence.component = judged_component(first, subject);
  evidence.value = static_cast<double>(said.size());
  evidence.log10_lr = kFamilyCap;
  evidence.relation = first.relation;
  const auto parent = meant == nullptr ? first.parent : meant->id;
  evidence.summary_key = first.component == component::kModel ? "declared_model" : "declared_component";
  evidence.params_json =
      io::json_text({{"component", first.component}, {"parent", parent}, {"source", first.source}, {"how", first.how}});
  auto declared = json::array();
  for (const auto& d : said)
    declared.push_back({{"component", evidence.component},
                        {"scope", d.component},
                        {"parent", parent},
                        {"named", d.parent},
                        {"source", d.source},
                        {"how", d.how}});
  evidence.details_json = io::json_text({{"declared", declared}});
  return evidence;
}

}  // namespace

std::vector<Evidence> declared_lineage(const ModelFacts& subject, const std::vector<ModelFacts>& references) {
  std::vector<Declaration> all;
  by_encoder_class(subject, all);
  by_model_card(subject, all);
  by_adapter(subject, all);
  by_gguf(subject, all);
  by_catalog(subject, all);
  // Key: component and the reference (or the parent's name when it is no reference).
  std::vector<std::pair<std::string, std::vector<Declaration>>> grouped;
  std::map<std::string, const ModelFacts*> meant;
  for (auto& d : all) {
    const auto* reference = meant_by(d, subject, references);
    const auto key = d.component + "\n" + (reference == nullptr ? d.parent : reference->id);
    meant[key] = reference;
    const auto at = std::find_if(grouped.begin(), grouped.end(), [&](const auto& g) { return g.first == key; });
    if (at == grouped.end())
      grouped.push_back({key, {std::move(d)}});
    else
      at->second.push_back(std::move(d));
  }
  std::vector<Evidence> out;
  for (const auto& [key, said] : grouped) out.push_back(evidence_of(said, subject, meant[key]));
  return out;
}

}  // namespace pedigree::architecture
