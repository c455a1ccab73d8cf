// SPDX-License-Identifier: MIT
#include "plugins/architecture/model_facts.hpp"

#include <algorithm>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/byte_source.hpp"
#include "pedigree/io/gguf_config.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::architecture {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

constexpr int kFromCatalog = 1, kFromGguf = 2, kFromFile = 3;

/// Takes a configuration unless one of the same or a better kind is known; the first file of a
/// kind counts. False when the document describes no model.
bool keep_config(ModelFacts& facts, nlohmann::json document, std::string_view name, int rank) {
  if (facts.config_rank >= rank) return true;
  auto config = io::interpret_config(document);
  if (config.components.empty()) return false;
  facts.document = std::move(document);
  facts.config = std::move(config);
  facts.config_name = name;
  facts.config_rank = rank;
  return true;
}

void take_config(ModelFacts& facts, const Artifact& artifact) {
  const int rank = artifact.from_catalog() ? kFromCatalog : kFromFile;
  if (facts.config_rank >= rank) return;
  auto document = io::parse_json(artifact.bytes, io::config_json_limits(), artifact.name);
  if (!document) return facts.problems.push_back(document.error().text());
  if (!keep_config(facts, std::move(*document), artifact.name, rank))
    facts.problems.push_back(std::string{artifact.name} + ": no key that describes a model was found [CFG_SHAPE]");
}

/// A GGUF file's metadata serve as its configuration. Later parts of a split file say nothing.
void take_gguf(ModelFacts& facts, const Artifact& artifact) {
  auto source = io::ByteSource::open(artifact);
  if (!source) return facts.problems.push_back(source.error().text());
  const auto file = io::GgufFile::open(*source);
  if (!file) return facts.problems.push_back(file.error().text());
  keep_config(facts, io::config_of(*file), artifact.name, kFromGguf);
  if (auto bases = io::base_models_of(*file); !bases.empty() && facts.gguf_bases.empty()) {
    facts.gguf_bases = std::move(bases);
    facts.gguf_name = artifact.name;
  }
}

void take_catalog_card(ModelFacts& facts, const Artifact& artifact) {
  auto document = io::parse_json(artifact.bytes, {}, artifact.name);
  if (!document) return facts.problems.push_back(document.error().text());
  if (document->is_object()) facts.card = std::move(*document);
}

void take_model_card(ModelFacts& facts, const Artifact& artifact) {
  auto card = io::read_model_card(artifact.bytes, artifact.name);
  if (!card) return facts.problems.push_back(card.error().text());
  if (facts.model_card) return;
  facts.model_card = std::move(*card);
  facts.model_card_name = artifact.name;
}

void take_adapter(ModelFacts& facts, const Artifact& artifact) {
  auto adapter = io::read_adapter_config(artifact.bytes, artifact.name);
  if (!adapter) return facts.problems.push_back(adapter.error().text());
  if (facts.adapter) return;
  facts.adapter = std::move(*adapter);
  facts.adapter_name = artifact.name;
}

void take_generation(ModelFacts& facts, const Artifact& artifact) {
  auto document = io::parse_json(artifact.bytes, io::config_json_limits(), artifact.name);
  if (!document) return facts.problems.push_back(document.error().text());
  if (!document->is_object() || facts.generation.is_object()) return;
  facts.generation = std::move(*document);
  facts.generation_name = artifact.name;
}

/// A card holds a config too; it serves when nothing else does.
void fall_back_on_card(ModelFacts& facts) {
  if (facts.config || !facts.card.is_object()) return;
  const auto found = facts.card.find("config");
  if (found != facts.card.end() && found->is_object())
    keep_config(facts, *found, "catalog:" + facts.id + "/card.json", kFromCatalog);
}

}  // namespace

const io::ComponentConfig* ModelFacts::component(std::string_view name) const {
  return config ? config->find(name) : nullptr;
}

std::vector<std::string> ModelFacts::names() const {
  std::vector<std::string> out{id};
  if (!card.is_object()) return out;
  if (auto own = card_text("id"); !own.empty() && own != id) out.push_back(std::move(own));
  if (const auto aliases = card.find("aliases"); aliases != card.end() && aliases->is_array())
    for (const auto& alias : *aliases)
      if (alias.is_string()) out.push_back(alias.get<std::string>());
  return out;
}

bool ModelFacts::is_named(std::string_view name) const {
  const auto known = names();
  return std::any_of(known.begin(), known.end(), [&](const std::string& own) { return same_name(own, name); });
}

std::optional<std::int64_t> ModelFacts::card_integer(const char* key) const {
  if (!card.is_object()) return std::nullopt;
  const auto found = card.find(key);
  return found == card.end() ? std::nullopt : io::json_integer(*found);
}

std::string ModelFacts::card_text(const char* key) const {
  if (!card.is_object()) return {};
  const auto found = card.find(key);
  return found != card.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

ModelFacts gather_facts(const Request& request, const ModelRef& model) {
  ModelFacts facts;
  facts.id = model.id;
  facts.role = model.role;
  for (const auto& artifact : request.artifacts_of(model.id)) {
    if (artifact.role == io::role::kConfig)
      take_config(facts, artifact);
    else if (artifact.role == io::role::kGguf)
      take_gguf(facts, artifact);
    else if (artifact.role == io::role::kGenerationConfig)
      take_generation(facts, artifact);
    else if (artifact.role == io::role::kCatalogCard)
      take_catalog_card(facts, artifact);
    else if (artifact.role == io::role::kModelCard)
      take_model_card(facts, artifact);
    else if (artifact.role == io::role::kAdapterConfig)
      take_adapter(facts, artifact);
  }
  fall_back_on_card(facts);
  return facts;
}

}  // namespace pedigree::architecture
