// SPDX-License-Identifier: MIT
// Sentences that arise where no catalogue is known (readers, workers, plugins, the pipeline's reader) are written in
// English there. The catalogue holds the same sentence as a template in both languages; a reader of Korean gets the
// Korean one. Decision 0101.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/report/messages.hpp"

namespace pedigree::report {

/// The entries whose key begins with `prefix`, made ready once. Thread-safe.
class Translator {
 public:
  Translator(std::shared_ptr<const nlohmann::json> messages, const std::string& prefix, std::string lang);

  /// `english` in the language: the entry whose English template it is gives the sentence, the text at its placeholders
  /// gives the values (translated in turn, unless they stand in quotes). As it is when no entry fits. Of several that
  /// fit, the one with most literal text. Total.
  std::string operator()(const std::string& english) const { return at_depth(english, 0); }
  /// True when an entry fits; which one does not matter.
  bool knows(const std::string& english) const;

 private:
  struct Entry {
    Template english, translated;
  };
  std::string at_depth(const std::string& english, int depth) const;

  std::shared_ptr<const nlohmann::json> messages_;
  std::string lang_;
  std::vector<Entry> entries_;
};

/// One sentence; for many, keep a Translator.
std::string translate(const std::string& english, const std::string& prefix, const std::string& lang,
                      const nlohmann::json& messages);

}  // namespace pedigree::report
