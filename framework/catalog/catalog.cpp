// SPDX-License-Identifier: MIT
#include "framework/catalog/catalog.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "framework/core/descriptor.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::catalog {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kLargestCard = std::size_t{1} << 20;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string text_of(const json& card, const char* key) {
  const auto found = card.find(key);
  return found != card.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::vector<std::string> list_of(const json& card, const char* key) {
  std::vector<std::string> out;
  const auto found = card.find(key);
  if (found == card.end() || !found->is_array()) return out;
  for (const auto& item : *found)
    if (item.is_string()) out.push_back(item.get<std::string>());
  return out;
}

Diagnostic problem(const fs::path& file, std::string code, std::string message) {
  Diagnostic diagnostic;
  diagnostic.severity = Severity::warning;
  diagnostic.code = std::move(code);
  diagnostic.file = file.string();
  diagnostic.message = std::move(message);
  return diagnostic;
}

/// A card or what is wrong with the file.
Result<Card> read_card(const fs::path& file) {
  auto text = read_file(file, kLargestCard);
  if (!text) return text.error();
  auto parsed = io::parse_json(*text, {}, file.string());
  if (!parsed) return parsed.error();
  if (!parsed->is_object() || text_of(*parsed, "schema") != "pedigree/card/v1")
    return Error{"CARD_SCHEMA", file.string(), "", "is no card: expected an object with schema pedigree/card/v1", ""};
  Card card;
  card.id = text_of(*parsed, "id");
  if (card.id.empty()) return Error{"CARD_ID", file.string(), "", "the card has no id", ""};
  card.aliases = list_of(*parsed, "aliases");
  card.groups = list_of(*parsed, "groups");
  card.family = text_of(*parsed, "family");
  card.organisation = text_of(*parsed, "organisation");
  card.country = text_of(*parsed, "country");
  card.released = text_of(*parsed, "released");
  card.kind = text_of(*parsed, "kind");
  card.facts = std::move(*parsed);
  return card;
}

bool has_facts(const json& card, const char* key) {
  const auto found = card.find(key);
  return found != card.end() && found->is_object() && !found->empty();
}

}  // namespace

Catalog Catalog::load(const fs::path& folder) {
  Catalog catalog;
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".json") files.push_back(it->path());
  if (error) catalog.problems_.push_back(problem(folder, "CARD_FOLDER", "cannot be listed: " + error.message()));
  std::sort(files.begin(), files.end());
  for (const auto& file : files) catalog.add(file);
  return catalog;
}

void Catalog::add(const fs::path& file) {
  auto card = read_card(file);
  if (!card) {
    problems_.push_back(problem(file, card.error().code, card.error().message));
    return;
  }
  if (by_name_.count(card->id) != 0) {
    problems_.push_back(problem(file, "CARD_DUPLICATE", "another card has the id or alias '" + card->id + "'"));
    return;
  }
  const std::size_t index = cards_.size();
  by_name_[card->id] = index;
  by_lower_name_.emplace(lower(card->id), index);
  for (const auto& alias : card->aliases) {
    if (!by_name_.emplace(alias, index).second)
      problems_.push_back(problem(file, "CARD_DUPLICATE", "another card has the id or alias '" + alias + "'"));
    by_lower_name_.emplace(lower(alias), index);
  }
  for (const auto& name : card->groups) groups_[name].push_back(index);
  cards_.push_back(std::move(*card));
}

const Card* Catalog::find(const std::string& id) const {
  if (const auto found = by_name_.find(id); found != by_name_.end()) return &cards_[found->second];
  const auto found = by_lower_name_.find(lower(id));
  return found == by_lower_name_.end() ? nullptr : &cards_[found->second];
}

std::vector<const Card*> Catalog::group(const std::string& name) const {
  std::vector<const Card*> members;
  if (name == "all") {
    for (const auto& card : cards_) members.push_back(&card);
  } else if (const auto found = groups_.find(name); found != groups_.end()) {
    for (const auto index : found->second) members.push_back(&cards_[index]);
  }
  std::sort(members.begin(), members.end(), [](const Card* a, const Card* b) { return a->id < b->id; });
  return members;
}

std::vector<std::string> Catalog::group_names() const {
  std::vector<std::string> names{"all"};
  for (const auto& [name, members] : groups_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

bool Catalog::descends_from(const Card& card, const std::string& ancestor) const {
  std::set<std::string> seen;
  std::vector<const Card*> open{&card};
  while (!open.empty()) {
    const auto* next = open.back();
    open.pop_back();
    if (next->id == ancestor) return true;
    if (!seen.insert(next->id).second) continue;
    const auto lineage = next->facts.find("lineage");
    if (lineage == next->facts.end() || !lineage->is_object() || !lineage->contains("parents")) continue;
    for (const auto& parent : (*lineage)["parents"]) {
      const auto component = text_of(parent, "component");
      if (component != "model" && component != "text_decoder") continue;
      if (const auto* known = find(text_of(parent, "id"))) open.push_back(known);
    }
  }
  return false;
}

std::vector<std::string> Catalog::ids() const {
  std::vector<std::string> names;
  for (const auto& [name, index] : by_name_) names.push_back(name);
  return names;
}

std::string Catalog::suggestion(const std::string& id) const {
  if (const auto whole = nearest(id, ids()); !whole.empty()) return whole;
  // "Solar-Open-100b" or "Upstage/Solar" against the part after the slash.
  const auto after_slash = [](const std::string& name) { return lower(name.substr(name.rfind('/') + 1)); };
  std::map<std::string, std::string> full;
  std::vector<std::string> short_names;
  for (const auto& card : cards_) {
    if (full.emplace(after_slash(card.id), card.id).second) short_names.push_back(after_slash(card.id));
  }
  const auto found = nearest(after_slash(id), short_names);
  return found.empty() ? "" : full[found];
}

Facts card_artifact(const Card& card) {
  return {std::string{io::role::kCatalogCard}, "catalog:" + card.id + "/card.json", io::json_text(card.facts)};
}

std::vector<Facts> artifacts_of(const Card& card) {
  std::vector<Facts> facts;
  if (has_facts(card.facts, "config"))
    facts.push_back(
        {std::string{io::role::kConfig}, "catalog:" + card.id + "/config.json", io::json_text(card.facts["config"])});
  if (has_facts(card.facts, "tokenizer"))
    facts.push_back({std::string{io::role::kTokenizerFacts}, "catalog:" + card.id + "/tokenizer-facts.json",
                     io::json_text(card.facts["tokenizer"])});
  facts.push_back(card_artifact(card));
  return facts;
}

}  // namespace pedigree::catalog
