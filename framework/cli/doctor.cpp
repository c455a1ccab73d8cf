// SPDX-License-Identifier: MIT
// pedigree doctor: is everything where it should be?
#include <sys/utsname.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "framework/artifact/hub_cache.hpp"
#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/plugin/trust.hpp"
#include "framework/report/text.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;

const Help kHelp{"doctor", "pedigree doctor", {"pedigree doctor"}};

struct Finding {
  bool good;
  std::string what, found;
};

std::size_t count_files(const fs::path& folder, const std::string& extension) {
  std::size_t count = 0;
  std::error_code error;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error))
    count += it->path().extension() == extension ? 1 : 0;
  return count;
}

Finding worker_finding(const Session& session) {
  const auto& worker = session.layout.worker;
  if (::access(worker.c_str(), X_OK) != 0) return {false, "worker", worker.string() + " is missing or not executable"};
  return {true, "worker", worker.string()};
}

Finding plugin_folder_finding(const Session& session) {
  const auto& folder = session.layout.plugins;
  const auto rules = plugin::TrustRules::of_process(session.layout.program);
  if (const auto safe = plugin::check_folder(folder, rules); !safe)
    return {false, "plugin folder", safe.error().text()};
  return {true, "plugin folder", folder.string()};
}

Finding cache_finding(const Session& session) {
  const auto& cache = session.layout.cache;
  if (cache.empty()) return {true, "result cache", "none: no HOME is set"};
  std::error_code error;
  fs::create_directories(cache, error);
  if (error || ::access(cache.c_str(), W_OK) != 0)
    return {true, "result cache", cache.string() + " cannot be written: results are not kept"};
  return {true, "result cache", cache.string()};
}

Finding hub_finding(const Session& session) {
  const auto hub = artifact::hub_cache_folder(session.environment);
  std::error_code error;
  if (hub.empty()) return {true, "Hub cache", "none: no HOME, HF_HOME or HF_HUB_CACHE is set"};
  return {true, "Hub cache",
          hub.string() + (fs::is_directory(hub, error) ? "" : " (not there: only folders and the catalog are used)")};
}

std::string system_text() {
  utsname name{};
  ::uname(&name);
  return std::string{name.sysname} + " " + name.release + " " + name.machine + ", " +
         std::to_string(std::thread::hardware_concurrency()) + " cores";
}

}  // namespace

ExitCode doctor(Session& session, const std::vector<std::string>& words) {
  const auto arguments = parse(session, kHelp, {}, words, 0, 0);
  if (!arguments.go_on) return arguments.code;
  if (!arguments.operands.empty()) return usage_error(session, "doctor", "doctor takes no operand");
  const auto plugins = load_plugins(session, {});
  const auto catalog = load_catalog(session);
  std::size_t analyzers = 0;
  if (plugins)
    for (const auto& plugin : *plugins) analyzers += plugin.analyzers.size();
  const auto profiles = count_files(session.layout.profiles, ".yaml");
  const std::vector<Finding> findings{
      {true, "version", PEDIGREE_VERSION},
      {true, "system", system_text()},
      {true, "program", session.layout.program.string()},
      worker_finding(session),
      plugin_folder_finding(session),
      {analyzers > 0, "plugins",
       std::to_string(plugins ? plugins->size() : 0) + " with " + std::to_string(analyzers) + " analyzers"},
      {profiles > 0, "profiles", std::to_string(profiles) + " (" + session.layout.profiles.string() + ")"},
      {!catalog.cards().empty() && catalog.problems().empty(), "catalog",
       std::to_string(catalog.cards().size()) + " models, " + std::to_string(catalog.problems().size()) + " problems"},
      cache_finding(session),
      hub_finding(session),
  };
  bool whole = true;
  for (const auto& finding : findings) {
    whole = whole && finding.good;
    const auto& console = session.console;
    session.console.result(report::pad(console.say(finding.good ? "cli.ok" : "cli.wrong"), 6) +
                           report::pad(console.in_language(finding.what), 15) + console.in_language(finding.found) +
                           "\n");
  }
  session.console.tell(whole ? "all is well\n" : "something is wrong: see above\n");
  return whole ? kDone : kEnvironment;
}

}  // namespace pedigree::cli
