// SPDX-License-Identifier: MIT
// The rules of SARIF 2.1.0 that bear on what is written here, one by one; docs/reference/sarif.md lists them.
#pragma once

#include <cctype>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace pedigree::testing {

class SarifRules {
 public:
  using json = nlohmann::json;

  /// What breaks a rule, with its section; empty when nothing does.
  static std::vector<std::string> broken_by(const json& log) {
    SarifRules rules;
    rules.log(log);
    return rules.problems_;
  }

 private:
  void ask(bool holds, const std::string& otherwise) {
    if (!holds) problems_.push_back(otherwise);
  }
  /// An object with no other members, and with all of `needed`.
  bool object(const json& value, const std::string& what, std::initializer_list<const char*> needed,
              std::initializer_list<const char*> allowed) {
    if (!value.is_object()) return ask(false, what + " is no object"), false;
    bool whole = true;
    for (const char* name : needed)
      if (!value.contains(name)) ask(whole = false, what + " has no " + name);
    std::set<std::string> known(needed.begin(), needed.end());
    known.insert(allowed.begin(), allowed.end());
    for (const auto& [name, member] : value.items())
      ask(known.count(name) == 1, what + " has a foreign member " + name);
    return whole;
  }
  static bool is_text(const json& value) { return value.is_string() && !value.get_ref<const std::string&>().empty(); }
  /// RFC 3986, appendix A: the characters a reference may have.
  static bool is_reference(const std::string& uri) {
    const auto hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
    for (std::size_t i = 0; i < uri.size(); ++i) {
      const char c = uri[i];
      const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                         std::string_view{"._~:/?#[]@!$&'()*+,;=-"}.find(c) != std::string_view::npos;
      if (!plain && !(c == '%' && i + 2 < uri.size() && hex(uri[i + 1]) && hex(uri[i + 2]))) return false;
    }
    return !uri.empty();
  }
  static bool is_one_of(const json& value, std::initializer_list<const char*> words) {
    for (const char* word : words)
      if (value == word) return true;
    return false;
  }

  void log(const json& log) {
    if (!object(log, "3.13 log", {"version", "runs"}, {"$schema"})) return;
    ask(log["version"] == "2.1.0", "3.13.2 version");
    if (log.contains("$schema"))
      ask(log["$schema"].is_string() && log["$schema"].get<std::string>().starts_with("https://"), "3.13.3 $schema");
    if (!log["runs"].is_array()) return ask(false, "3.13.4 runs is no list");
    for (const auto& one : log["runs"]) run(one);
  }

  void run(const json& run) {
    if (!object(run, "3.14 run", {"tool", "results"}, {})) return;
    if (!object(run["tool"], "3.18 tool", {"driver"}, {})) return;
    const auto& driver = run["tool"]["driver"];
    if (!object(driver, "3.19 driver", {"name"}, {"version", "semanticVersion", "informationUri", "rules"})) return;
    ask(is_text(driver["name"]), "3.19.8 name");
    std::set<std::string> ids;
    for (const auto& rule : driver.value("rules", json::array())) {
      if (!object(rule, "3.49 rule", {"id"}, {"shortDescription", "fullDescription", "name"})) continue;
      ask(is_text(rule["id"]) && ids.insert(rule["id"].get<std::string>()).second, "3.49.3 id, empty or twice");
      for (const char* description : {"shortDescription", "fullDescription"})
        if (rule.contains(description)) message(rule[description], description);
    }
    if (!run["results"].is_array()) return ask(false, "3.14.23 results is no list");
    for (const auto& one : run["results"]) result(one, ids);
  }

  void message(const json& message, const std::string& what) {
    if (object(message, "3.11 " + what, {"text"}, {})) ask(is_text(message["text"]), "3.11.8 text is empty or no text");
  }

  void result(const json& result, const std::set<std::string>& rules) {
    if (!object(result, "3.27 result", {"message", "ruleId", "kind", "level"}, {"locations", "partialFingerprints"}))
      return;
    message(result["message"], "message");
    ask(result["ruleId"].is_string() && rules.count(result["ruleId"].get<std::string>()) == 1,
        "3.27.5 ruleId of no rule");
    ask(is_one_of(result["kind"], {"pass", "open", "informational", "notApplicable", "review", "fail"}), "3.27.9 kind");
    ask(is_one_of(result["level"], {"none", "note", "warning", "error"}), "3.27.10 level");
    ask(result["kind"] == "fail" || result["level"] == "none", "3.27.10 a level of what did not fail");
    const auto fingerprints = result.value("partialFingerprints", json::object());
    for (const auto& [name, value] : fingerprints.items()) ask(is_text(value), "3.27.17 fingerprint " + name);
    const auto locations = result.value("locations", json::array());
    ask(locations.is_array(), "3.27.12 locations is no list");
    for (const auto& one : locations) location(one);
  }

  void location(const json& location) {
    if (!object(location, "3.28 location", {"physicalLocation"}, {})) return;
    if (!object(location["physicalLocation"], "3.29 physicalLocation", {"artifactLocation"}, {})) return;
    const auto& artifact = location["physicalLocation"]["artifactLocation"];
    if (!object(artifact, "3.4 artifactLocation", {"uri"}, {})) return;
    ask(artifact["uri"].is_string() && is_reference(artifact["uri"].get<std::string>()), "3.4.3 uri");
  }

  std::vector<std::string> problems_;
};

}  // namespace pedigree::testing
