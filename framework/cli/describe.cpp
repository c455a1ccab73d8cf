// SPDX-License-Identifier: MIT
// pedigree describe NAME: an analyzer, a plugin, a profile or a model, in full.
#include <filesystem>

#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/core/descriptor.hpp"
#include "framework/report/messages.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::cli {
namespace {
using nlohmann::json;

const Help kHelp{
    "describe",
    "pedigree describe NAME [options]",

    {"pedigree describe tokenizer.overlap", "pedigree describe skt/A.X-K1", "pedigree describe calibrated"}};

json to_json(const plugin::Manifest& plugin, const plugin::AnalyzerManifest& analyzer) {
  auto signals = json::array();
  for (const auto& signal : analyzer.signals)
    signals.push_back({{"id", signal.id},
                       {"unit", signal.unit},
                       {"minimum", signal.minimum},
                       {"maximum", signal.maximum},
                       {"summary", signal.summary}});
  return {{"id", analyzer.id},
          {"summary", analyzer.summary},
          {"family", to_string(analyzer.family)},
          {"plugin", plugin.id},
          {"version", plugin.version},
          {"heavy", analyzer.heavy()},
          {"needs_reference", analyzer.needs_reference()},
          {"deterministic", analyzer.deterministic()},
          {"network", analyzer.network()},
          {"writes", analyzer.writes()},
          {"roles", analyzer.roles},
          {"signals", std::move(signals)},
          {"options", analyzer.config_schema}};
}

std::string option_lines(const plugin::Manifest& plugin, const plugin::AnalyzerManifest& analyzer,
                         const std::string& lang) {
  const auto& schema = analyzer.config_schema;
  if (!schema.is_object() || !schema.contains("properties") || schema["properties"].empty()) return "options: none\n";
  std::string text = "options (under `with:`):\n";
  for (const auto& [name, property] : schema["properties"].items()) {
    text += "  " + name;
    if (property.contains("type"))
      text +=
          " (" +
          (property["type"].is_string() ? property["type"].get<std::string>() : io::json_excerpt(property["type"])) +
          ")";
    if (property.contains("default")) text += " default " + io::json_excerpt(property["default"]);
    if (property.contains("description") && property["description"].is_string())
      text += "\n      " + report::about(plugin, "option." + analyzer.id + "." + name,
                                         property["description"].get<std::string>(), lang);
    text += "\n";
  }
  return text;
}

std::string to_text(const Console& console, const plugin::Manifest& plugin, const plugin::AnalyzerManifest& analyzer) {
  const auto& lang = console.language();
  std::string text = analyzer.id + ": " + report::about(plugin, "analyzer." + analyzer.id, analyzer.summary, lang) +
                     "\n\nfamily: " + to_string(analyzer.family) + "\nplugin: " + plugin.id + " " + plugin.version +
                     "\nruns: " + (analyzer.heavy() ? "once per reference" : "once for all references") +
                     (analyzer.needs_reference() ? "" : ", also without any") + "\nreads:";
  for (const auto& role : analyzer.roles) text += " " + role;
  text += "\n\nsignals:\n";
  for (const auto& signal : analyzer.signals)
    text += "  " + signal.id + " (" +
            (console.knows("unit." + signal.unit) ? console.say("unit." + signal.unit) : signal.unit) +
            "): " + report::about(plugin, "signal." + signal.id, signal.summary, lang) + "\n";
  return text + "\n" + option_lines(plugin, analyzer, lang);
}

/// The found thing as text and JSON; nothing when the name is unknown.
struct Description {
  std::string text;
  json document;
  bool as_it_is = false;  ///< a file's own text: it must stay what it is in every language
};

std::optional<Description> find(Session& session, const std::vector<plugin::Manifest>& plugins,
                                const catalog::Catalog& catalog, const std::string& name) {
  if (const auto found = plugin::find_analyzer(plugins, name); found.analyzer != nullptr)
    return Description{to_text(session.console, *found.plugin, *found.analyzer),
                       to_json(*found.plugin, *found.analyzer)};
  for (const auto& plugin : plugins)  // a signal, as reports name it: the analyzer that measures it
    for (const auto& analyzer : plugin.analyzers)
      for (const auto& signal : analyzer.signals)
        if (signal.id == name)
          return Description{to_text(session.console, plugin, analyzer), to_json(plugin, analyzer)};
  for (const auto& plugin : plugins) {
    if (plugin.id != name) continue;
    Description description{plugin.id + " " + plugin.version + " (" + plugin.license + ")\n", json::array()};
    for (const auto& analyzer : plugin.analyzers) {
      description.text += "\n" + to_text(session.console, plugin, analyzer);
      description.document.push_back(to_json(plugin, analyzer));
    }
    return description;
  }
  constexpr std::size_t kLargestProfile = std::size_t{1} << 20;
  if (name.find('/') == std::string::npos)
    if (const auto text = read_file(session.layout.profiles / (name + ".yaml"), kLargestProfile))
      return Description{*text, {{"profile", name}, {"text", *text}}, true};
  if (const auto* card = catalog.find(name)) return Description{card->facts.dump(2) + "\n", card->facts, true};
  return std::nullopt;
}

std::vector<std::string> known_names(const std::vector<plugin::Manifest>& plugins, const catalog::Catalog& catalog) {
  auto names = catalog.ids();
  for (const auto& plugin : plugins) {
    names.push_back(plugin.id);
    for (const auto& analyzer : plugin.analyzers) {
      names.push_back(analyzer.id);
      for (const auto& signal : analyzer.signals) names.push_back(signal.id);
    }
  }
  return names;
}

}  // namespace

ExitCode describe(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  auto add = options.add_options();
  add("format", po::value<std::string>()->default_value("text"));
  add("plugin-dir", po::value<std::vector<std::string>>()->composing());
  const auto arguments = parse(session, kHelp, options, words, 1, 1);
  if (!arguments.go_on) return arguments.code;
  PluginChoice choice;
  choice.folders = arguments.list("plugin-dir");
  const auto plugins = load_plugins(session, choice);
  if (!plugins) return kEnvironment;
  const auto catalog = load_catalog(session);
  const auto& name = arguments.operands.front();
  const auto found = find(session, *plugins, catalog, name);
  if (!found)
    return usage_error(session, "describe",
                       "nothing is called '" + name + "'" + did_you_mean(name, known_names(*plugins, catalog)));
  if (arguments.text("format") == "json")
    session.console.result(found->document.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
  else if (found->as_it_is)
    session.console.result(found->text);
  else
    session.console.tell(found->text);
  return kDone;
}

}  // namespace pedigree::cli
