// SPDX-License-Identifier: MIT
// The catalog: facts of known models, one card per model (format: pipelines/catalog/README.md).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/core/diagnostic.hpp"

namespace pedigree::catalog {

/// One model. `facts` is the whole card as read.
struct Card {
  std::string id;
  std::vector<std::string> aliases;
  std::string family, organisation, country, released, kind;
  std::vector<std::string> groups;
  nlohmann::json facts;
};

/// An artifact made of a card: what a plugin gets in place of a file of the model's maker.
struct Facts {
  std::string role;   ///< io::role: config, tokenizer-facts, catalog-card
  std::string name;   ///< "catalog:<id>/config.json"
  std::string bytes;  ///< JSON
};

/// Immutable after loading; thread-safe.
class Catalog {
 public:
  Catalog() = default;
  /// Reads every *.json of the folder, in order of name. A malformed card, an id or an alias that
  /// is taken become problems (codes CARD_*), and that card is left out. A folder that is not
  /// there is an empty catalog with a problem.
  static Catalog load(const std::filesystem::path& folder);

  const std::vector<Card>& cards() const { return cards_; }
  const Diagnostics& problems() const { return problems_; }
  /// By id or alias; exact first, then without regard to ASCII case. nullptr when unknown.
  const Card* find(const std::string& id) const;
  /// Members of a group in order of id; "all" is every card. Empty for an unknown group.
  std::vector<const Card*> group(const std::string& name) const;
  std::vector<std::string> group_names() const;  ///< sorted, with "all"
  /// Following declared parents of the whole model or its decoder upwards from `card` meets `ancestor`
  /// (an id of a card); true of the card itself.
  bool descends_from(const Card& card, const std::string& ancestor) const;
  std::vector<std::string> ids() const;          ///< ids and aliases, for did-you-mean
  /// "did you mean ...?" candidate: the nearest id or alias, also compared by the name alone; "".
  std::string suggestion(const std::string& id) const;

 private:
  void add(const std::filesystem::path& file);

  std::vector<Card> cards_;
  std::map<std::string, std::size_t> by_name_;        ///< ids and aliases
  std::map<std::string, std::size_t> by_lower_name_;  ///< the same, in lower case
  std::map<std::string, std::vector<std::size_t>> groups_;
  Diagnostics problems_;
};

/// The artifacts a card stands for: its config and tokenizer facts where it has any, and the card.
std::vector<Facts> artifacts_of(const Card& card);
/// The card alone, for a model whose own files are at hand.
Facts card_artifact(const Card& card);

}  // namespace pedigree::catalog
