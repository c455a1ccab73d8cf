// SPDX-License-Identifier: MIT
#include "plugins/architecture/model_facts.hpp"

#include <algorithm>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::architecture {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

/// Takes a config unless a better one is known: files before the catalog, config.json before
/// Meta's params.json, a model's own folder before a nested one.
void take_config(ModelFacts& facts, const Artifact& artifact) {
  if (facts.config && (artifact.from_catalog() || !facts.config_from_catalog)) return;
  auto document = io::parse_json(artifact.bytes, io::config_json_limits(), artifact.name);
  if (!document) return facts.problems.push_back(document.error().text());
  auto config = io::interpret_config(*document);
  if (config.components.empty())
    return facts.problems.push_back(std::string{artifact.name} +
                                    ": no key that describes a model was found [CFG_SHAPE]");
  facts.document = std::move(*document);
  facts.config = std::move(config);
  facts.config_name = artifact.name;
  facts.config_from_catalog = artifact.from_catalog();
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

/// A card holds a config too; it serves when nothing else does.
void fall_back_on_card(ModelFacts& facts) {
  if (facts.config || !facts.card.is_object()) return;
  const auto found = facts.card.find("config");
  if (found == facts.card.end() || !found->is_object()) return;
  auto config = io::interpret_config(*found);
  if (config.components.empty()) return;
  facts.document = *found;
  facts.config = std::move(config);
  facts.config_name = "catalog:" + facts.id + "/card.json";
  facts.config_from_catalog = true;
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
