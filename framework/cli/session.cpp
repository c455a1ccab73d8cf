// SPDX-License-Identifier: MIT
#include "framework/cli/session.hpp"

#include <algorithm>

#include "framework/cli/arguments.hpp"
#include "framework/pipeline/codes.hpp"
#include "framework/plugin/lock.hpp"
#include "framework/plugin/problem.hpp"
#include "framework/verdict/profile.hpp"

namespace pedigree::cli {
namespace fs = std::filesystem;

std::optional<std::vector<plugin::Manifest>> load_plugins(Session& session, const PluginChoice& choice) {
  plugin::SearchPath path;
  path.folders.push_back(session.layout.plugins);
  for (const auto& folder : choice.folders) path.folders.emplace_back(folder);
  std::error_code error;
  if (choice.user && fs::is_directory(session.layout.user_plugins, error))
    path.folders.push_back(session.layout.user_plugins);
  path.program = session.layout.program;
  auto discovered = plugin::discover(path);
  if (!choice.lock.empty()) {
    const auto lock = plugin::read_lock(choice.lock);
    if (!lock) {
      session.console.diagnostics({plugin::problem(lock.error())});
      return std::nullopt;
    }
    discovered = plugin::keep_locked(std::move(discovered), *lock);
  }
  session.console.diagnostics(discovered.problems);
  // A folder somebody named on purpose and that is refused must not pass as "no such analyzer".
  const bool named_failed =
      std::any_of(discovered.problems.begin(), discovered.problems.end(), [&](const auto& problem) {
        return problem.severity == Severity::error &&
               std::find(choice.folders.begin(), choice.folders.end(), problem.file) != choice.folders.end();
      });
  if (named_failed) return std::nullopt;
  return std::move(discovered.plugins);
}

catalog::Catalog load_catalog(Session& session) {
  auto catalog = catalog::Catalog::load(session.layout.catalog);
  for (const auto& problem : catalog.problems())
    session.console.warning(problem.file + ": " + problem.message + " [" + problem.code + "]");
  return catalog;
}

pipeline::ReadContext read_context(const Session& session, const std::vector<plugin::Manifest>& plugins,
                                   const catalog::Catalog& catalog) {
  pipeline::ReadContext context;
  context.plugins = &plugins;
  context.catalog_ids = catalog.ids();
  context.group_names = catalog.group_names();
  context.profiles = session.layout.profiles;
  context.environment = session.variables;
  context.check_verdict = [](const nlohmann::json& section) -> io::Status {
    if (auto profile = verdict::Profile::from_json(section); !profile) return profile.error();
    return io::Done{};
  };
  return context;
}

ExitCode reading_code(const Diagnostics& diagnostics) {
  return pipeline::only_environment(diagnostics) ? kEnvironment : kUsage;
}

std::string pipeline_file(const Session& session, const std::string& argument) {
  std::error_code error;
  if (fs::exists(argument, error) || argument.find('/') != std::string::npos) return argument;
  const auto shipped = session.layout.models / (argument.ends_with(".yaml") ? argument : argument + ".yaml");
  if (fs::exists(shipped, error)) return shipped.string();
  std::vector<std::string> names;
  for (fs::directory_iterator it{session.layout.models, error}, end; !error && it != end; it.increment(error))
    names.push_back(it->path().stem().string());
  std::sort(names.begin(), names.end());
  const auto suggestion = did_you_mean(shipped.stem().string(), names);
  if (!suggestion.empty())
    session.console.message("no pipeline called '" + argument + "' is shipped" + suggestion + "\n");
  return argument;
}

}  // namespace pedigree::cli
