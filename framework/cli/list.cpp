// SPDX-License-Identifier: MIT
// pedigree list [analyzers|plugins|profiles|models|groups|pipelines]: from manifests and cards; runs no plugin code.
#include <algorithm>
#include <filesystem>

#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/core/text.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

const Help kHelp{"list",
                 "pedigree list [analyzers|plugins|profiles|pipelines|models|groups] [options]",

                 {"pedigree list", "pedigree list models --format json", "pedigree list models group:attention-mla"}};

const std::vector<std::string> kKinds{"analyzers", "plugins", "profiles", "pipelines", "models", "groups"};

/// A table of text columns; the last column is as long as it is.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], report::display_width(row[i]));
    }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i + 1 < row.size() ? report::pad(row[i], widths[i]) + "  " : row[i];
    }
    text += "\n";
  }
  return text;
}

struct Listing {
  std::vector<std::vector<std::string>> rows;
  json document = json::array();
};

Listing analyzers(const std::vector<plugin::Manifest>& plugins, const Console& console) {
  Listing listing;
  for (const auto& plugin : plugins)
    for (const auto& analyzer : plugin.analyzers) {
      listing.rows.push_back({analyzer.id, console.say(std::string{"family."} + to_string(analyzer.family)),
                              console.say(analyzer.heavy() ? "cli.heavy" : "cli.cheap"),
                              report::about(plugin, "analyzer." + analyzer.id, analyzer.summary, console.language())});
      listing.document.push_back({{"id", analyzer.id},
                                  {"family", to_string(analyzer.family)},
                                  {"heavy", analyzer.heavy()},
                                  {"needs_reference", analyzer.needs_reference()},
                                  {"plugin", plugin.id},
                                  {"roles", analyzer.roles},
                                  {"summary", analyzer.summary}});
    }
  std::sort(listing.rows.begin(), listing.rows.end());
  return listing;
}

Listing plugins_of(const std::vector<plugin::Manifest>& plugins) {
  Listing listing;
  for (const auto& plugin : plugins) {
    listing.rows.push_back(
        {plugin.id, plugin.version, plugin.license, "sha256:" + plugin.sha256.substr(0, 12), plugin.library.string()});
    listing.document.push_back({{"id", plugin.id},
                                {"version", plugin.version},
                                {"vendor", plugin.vendor},
                                {"license", plugin.license},
                                {"sha256", plugin.sha256},
                                {"library", plugin.library.string()},
                                {"analyzers", plugin.analyzers.size()}});
  }
  return listing;
}

Listing files_in(const fs::path& folder) {
  Listing listing;
  std::error_code error;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".yaml") listing.rows.push_back({it->path().stem().string(), it->path().string()});
  std::sort(listing.rows.begin(), listing.rows.end());
  for (const auto& row : listing.rows) listing.document.push_back({{"name", row[0]}, {"file", row[1]}});
  return listing;
}

Listing models(const catalog::Catalog& catalog, const std::string& group) {
  Listing listing;
  for (const auto* card : catalog.group(group)) {
    listing.rows.push_back({card->id, card->family, card->kind, card->released, card->country});
    listing.document.push_back({{"id", card->id},
                                {"aliases", card->aliases},
                                {"family", card->family},
                                {"kind", card->kind},
                                {"released", card->released},
                                {"country", card->country},
                                {"groups", card->groups}});
  }
  return listing;
}

Listing groups(const catalog::Catalog& catalog) {
  Listing listing;
  for (const auto& name : catalog.group_names()) {
    const auto members = catalog.group(name).size();
    listing.rows.push_back({name, std::to_string(members)});
    listing.document.push_back({{"name", name}, {"models", members}});
  }
  return listing;
}

}  // namespace

ExitCode list(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  auto add = options.add_options();
  add("format", po::value<std::string>()->default_value("text"));
  add("plugin-dir", po::value<std::vector<std::string>>()->composing());
  const auto arguments = parse(session, kHelp, options, words, 0, 2);
  if (!arguments.go_on) return arguments.code;
  const std::string kind = arguments.operands.empty() ? "analyzers" : arguments.operands.front();
  if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end())
    return usage_error(session, "list",
                       "cannot list '" + kind + "'" + did_you_mean(kind, kKinds) + "; known: " + joined(kKinds));
  Listing listing;
  if (kind == "analyzers" || kind == "plugins") {
    PluginChoice choice;
    choice.folders = arguments.list("plugin-dir");
    const auto plugins = load_plugins(session, choice);
    if (!plugins) return kEnvironment;
    listing = kind == "plugins" ? plugins_of(*plugins) : analyzers(*plugins, session.console);
  } else if (kind == "profiles" || kind == "pipelines") {
    listing = files_in(kind == "profiles" ? session.layout.profiles : session.layout.models);
  } else {
    const auto catalog = load_catalog(session);
    std::string group = arguments.operands.size() == 2 ? arguments.operands[1] : "all";
    if (group.starts_with("group:")) group.erase(0, 6);
    if (kind == "models" && catalog.group(group).empty())
      return usage_error(session, "list",
                         "the catalog has no group '" + group + "'" + did_you_mean(group, catalog.group_names()));
    listing = kind == "models" ? models(catalog, group) : groups(catalog);
  }
  if (arguments.text("format") == "json")
    session.console.result(listing.document.dump(2) + "\n");
  else if (arguments.text("format") == "text")
    session.console.result(table(listing.rows));
  else
    return usage_error(session, "list", "--format needs text or json");
  return kDone;
}

}  // namespace pedigree::cli
