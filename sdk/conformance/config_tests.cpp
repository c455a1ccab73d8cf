// SPDX-License-Identifier: MIT
// Group config: options from a pipeline, right and wrong.
#include <random>

#include "sdk/conformance/loaded.hpp"
#include "sdk/conformance/mini_host.hpp"

namespace pedigree::conformance {
namespace {
using nlohmann::json;

constexpr int kMutations = 1000;

json properties_of(const pedigree_analyzer& analyzer) {
  const auto schema = json::parse(text(analyzer.config_schema), nullptr, false);
  return schema.is_object() ? schema.value("properties", json::object()) : json::object();
}

json defaults_of(const pedigree_analyzer& analyzer) {
  json config = json::object();
  const auto properties = properties_of(analyzer);  // items() of a temporary would dangle
  for (const auto& [name, property] : properties.items()) config[name] = property.value("default", json{});
  return config;
}

Verdict defaults_are_accepted(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers())
    for (const auto& config : {std::string{}, std::string{"{}"}, defaults_of(*analyzer).dump()}) {
      const auto created = create(*analyzer, config);
      if (created.status != PEDIGREE_OK) return fail(text(analyzer->id) + " refuses " + config + ": " + created.error);
    }
  return pass();
}

Verdict unknown_options_are_refused_by_name(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto created = create(*analyzer, R"({"no_such_option_xyz":1})");
    if (created.status != PEDIGREE_ERR_CONFIG) return fail(text(analyzer->id) + " accepts an unknown option");
    if (created.error.find("no_such_option_xyz") == std::string::npos)
      return fail(text(analyzer->id) + " does not name the unknown option: " + created.error);
  }
  return pass();
}

Verdict wrong_types_are_refused(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto properties = properties_of(*analyzer);
    for (const auto& [name, property] : properties.items()) {
      const bool is_text = property.value("type", "") == "string";
      for (const json& wrong : {is_text ? json(5) : json("five"), json::array(), json::object(), json{}}) {
        const auto created = create(*analyzer, json{{name, wrong}}.dump());
        if (created.status != PEDIGREE_ERR_CONFIG)
          return fail(text(analyzer->id) + " accepts " + wrong.dump() + " as option '" + name + "'");
      }
    }
  }
  return pass();
}

/// One byte of a valid configuration changed, dropped or doubled.
std::string mutated(std::string config, std::mt19937_64& random) {
  for (auto changes = 1 + random() % 3; changes > 0 && !config.empty(); --changes) {
    const auto at = static_cast<std::size_t>(random() % config.size());
    switch (random() % 3) {
      case 0:
        config[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        config.erase(at, 1);
        break;
      default:
        config.insert(at, 1, config[at]);
    }
  }
  return config;
}

Verdict mutated_configurations_do_no_harm(const Subject& subject) {
  std::mt19937_64 random{subject.seed};
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto config = defaults_of(*analyzer).dump();
    for (int i = 0; i < kMutations; ++i) {
      const auto status = create(*analyzer, mutated(config, random)).status;
      if (status != PEDIGREE_OK && status != PEDIGREE_ERR_CONFIG)
        return fail(text(analyzer->id) + ": create() ends with status " + std::to_string(status));
    }
  }
  return pass();
}

}  // namespace

std::vector<Test> config_tests() {
  return {{"config.defaults", "the defaults are accepted", defaults_are_accepted},
          {"config.unknown", "an unknown option is refused and named", unknown_options_are_refused_by_name},
          {"config.types", "values of a wrong type are refused", wrong_types_are_refused},
          {"config.mutated", "1000 mutated configurations end in OK or ERR_CONFIG", mutated_configurations_do_no_harm}};
}

}  // namespace pedigree::conformance
