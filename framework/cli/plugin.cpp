// SPDX-License-Identifier: MIT
// pedigree plugin new|check|lock|verify
#include <unistd.h>

#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/plugin/lock.hpp"
#include "framework/plugin/problem.hpp"

namespace pedigree::cli {
namespace {

const Help kHelp{"plugin",
                 "pedigree plugin lock|verify [FILE] [options]",
                 "Trusts plugins: writes or checks the digests a result may rest on.",
                 {"pedigree plugin lock", "pedigree plugin verify plugins.lock"}};
const std::vector<std::string> kActions{"lock", "verify"};

ExitCode write_lock(Session& session, const std::vector<plugin::Manifest>& plugins, const std::string& file) {
  const auto lock = plugin::lock_of(plugins);
  if (!lock) {
    session.console.diagnostics({plugin::problem(lock.error())});
    return kEnvironment;
  }
  if (const auto written = plugin::write_lock(file, *lock); !written) {
    session.console.error(written.error());
    return kEnvironment;
  }
  session.console.result("wrote " + file + ": " + std::to_string(lock->size()) + " plugins\n");
  return kDone;
}

ExitCode verify_lock(Session& session, const std::vector<plugin::Manifest>& plugins, const std::string& file) {
  const auto lock = plugin::read_lock(file);
  if (!lock) {
    session.console.diagnostics({plugin::problem(lock.error())});
    return kEnvironment;
  }
  const auto differences = plugin::verify_lock(plugins, *lock);
  session.console.diagnostics(differences);
  if (!differences.empty()) return kEnvironment;
  session.console.result(std::to_string(lock->size()) + " plugins are as locked\n");
  return kDone;
}

}  // namespace

ExitCode plugin_verb(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  options.add_options()("plugin-dir", po::value<std::vector<std::string>>()->composing(),
                        "also plugins of this absolute folder")("user-plugins", po::bool_switch(),
                                                                "also plugins from ~/.local/lib/pedigree/plugins");
  const auto arguments = parse(session, kHelp, options, words, 1, 2);
  if (!arguments.go_on) return arguments.code;
  const auto& action = arguments.operands.front();
  const std::string file = arguments.operands.size() == 2 ? arguments.operands[1] : "plugins.lock";
  PluginChoice choice;
  choice.folders = arguments.list("plugin-dir");
  choice.user = arguments.values["user-plugins"].as<bool>();
  if (action != "lock" && action != "verify")
    return usage_error(session, "plugin", "unknown action '" + action + "'" + did_you_mean(action, kActions));
  const auto plugins = load_plugins(session, choice);
  if (!plugins) return kEnvironment;
  return action == "lock" ? write_lock(session, *plugins, file) : verify_lock(session, *plugins, file);
}

}  // namespace pedigree::cli
