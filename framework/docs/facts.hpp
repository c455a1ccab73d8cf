// SPDX-License-Identifier: MIT
// What pages say of reports. Pure functions of the documents (pedigree/report/v1); foreign text comes out escaped.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "framework/docs/regions.hpp"
#include "framework/report/view.hpp"

namespace pedigree::docs {

/// One report, in one language, and the name of its page: docs/models/NAME.md.
class Run {
 public:
  Run(const nlohmann::json& document, const std::string& lang);

  const nlohmann::json& report() const { return *report_; }
  const nlohmann::json& verdict() const { return report::object_at(*report_, "verdict"); }
  const report::Language& words() const { return words_; }
  std::string say(const std::string& key, const nlohmann::json& params = nlohmann::json::object()) const {
    return words_.say("docs." + key, params);
  }
  const std::string& page() const { return page_; }
  std::string id() const { return report::text_at(report::object_at(*report_, "subject"), "id"); }
  std::string name() const;          ///< the id without its owner, escaped
  std::string organisation() const;  ///< of the catalog, or the id's owner; escaped
  std::string parameters() const;    ///< "102.6B (12B active)", or ""
  std::string kind() const;          ///< "mixture of experts", "dense, vision and text", or ""
  std::string label() const;         ///< the verdict's word
  /// Evidence of a family, most telling first.
  std::vector<const nlohmann::json*> evidence(const std::string& family) const;
  /// The first evidence of a signal that says most, nullptr without any.
  const nlohmann::json* strongest(const std::string& signal) const;

 private:
  const nlohmann::json* report_;
  report::Language words_;
  std::string page_;
};

/// The page name a report asks for; only letters, digits and ._-
std::string page_name(const nlohmann::json& report);

/// "102.6B", "14M"
std::string count_text(double value);
/// A rounded number without zeros at its end: "0.15", "-0.6".
std::string short_number(double value, int decimals);

/// Facts by name. A fact is computed only when a page asks for it.
using Facts = std::map<std::string, std::function<Fact()>>;

Facts overview_facts(const std::vector<Run>& runs, bool korean);
/// `family` as in the report: "tokenizer", "training_log".
Facts method_facts(const std::vector<Run>& runs, const std::string& family);
Facts model_facts(const Run& run);
Facts tutorial_facts(const std::vector<Run>& runs);

}  // namespace pedigree::docs
