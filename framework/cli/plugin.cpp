// SPDX-License-Identifier: MIT
// pedigree plugin new|check|lock|verify
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "framework/cli/arguments.hpp"
#include "framework/cli/conformance.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/core/atomic_write.hpp"
#include "framework/core/descriptor.hpp"
#include "framework/plugin/lock.hpp"
#include "framework/plugin/problem.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;

const Help kHelp{"plugin",
                 "pedigree plugin new NAME | check FILE.pedigree.so | lock [FILE] | verify [FILE]",

                 {"pedigree plugin new layer-norm", "pedigree plugin check build/layer_norm.pedigree.so",
                  "pedigree plugin lock", "pedigree plugin verify plugins.lock"}};
const std::vector<std::string> kActions{"new", "check", "lock", "verify"};
constexpr std::size_t kLargestTemplateFile = std::size_t{1} << 20;

/// "layer-norm" -> {"layer_norm", "layer-norm", "LayerNorm"}; empty for a name that is no plain name.
struct Names {
  std::string snake, dashed, camel;
};
std::optional<Names> names_from(const std::string& name) {
  Names names;
  bool start = true;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z'), digit = (c >= '0' && c <= '9'), separator = c == '-' || c == '_';
    if (!letter && !separator && !(digit && !names.snake.empty())) return std::nullopt;
    names.snake += separator ? '_' : c;
    names.dashed += separator ? '-' : c;
    if (!separator) names.camel += start && letter ? static_cast<char>(c - 'a' + 'A') : c;
    start = separator;
  }
  if (names.camel.empty() || names.snake.front() == '_' || names.snake.back() == '_') return std::nullopt;
  return names;
}

std::string renamed(std::string text, const Names& names) {
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"my_analyzer", names.snake},
                                 {"my-analyzer", names.dashed},
                                 {"MyAnalyzer", names.camel}})
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  return text;
}

/// A folder with a complete plugin: it builds, and pedigree-conformance passes.
ExitCode make_new(Session& session, const std::string& name) {
  const auto names = names_from(name);
  if (!names)
    return usage_error(session, "plugin",
                       "'" + name + "' is no name for a plugin: use lower-case letters, digits and '-'");
  std::error_code error;
  const auto source = session.layout.prefix / "share/pedigree/template";
  if (fs::exists(names->dashed, error)) return usage_error(session, "plugin", names->dashed + " exists");
  fs::create_directory(names->dashed, error);
  for (const auto& entry : fs::directory_iterator{source, error}) {
    const auto text = read_file(entry.path(), kLargestTemplateFile);
    const auto written = text
                             ? atomic_write(fs::path{names->dashed} / renamed(entry.path().filename().string(), *names),
                                            renamed(*text, *names))
                             : Status{text.error()};
    if (written) continue;
    session.console.error(written.error());
    return kEnvironment;
  }
  if (error) {
    session.console.error(source.string() + ": " + error.message());
    return kEnvironment;
  }
  session.console.tell("wrote " + names->dashed + "/; next:\n  cmake -S " + names->dashed + " -B " + names->dashed +
                       "/build -DCMAKE_PREFIX_PATH=" + session.layout.prefix.string() + "\n  cmake --build " +
                       names->dashed + "/build\n  pedigree plugin check " + names->dashed + "/build/" + names->snake +
                       ".pedigree.so\n");
  return kDone;
}

ExitCode check(Session& session, const std::string& library) {
  const auto program = (session.layout.prefix / "bin/pedigree-conformance").string();
  std::vector<std::string> words{program, library, "--worker", session.layout.worker.string()};
  if (session.console.language() != "en") return check_in_language(session, std::move(words));
  // Becomes pedigree-conformance: its report is the answer.
  std::vector<char*> raw;
  for (auto& word : words) raw.push_back(word.data());
  raw.push_back(nullptr);
  ::execv(program.c_str(), raw.data());
  session.console.error(program + " cannot be started: " + std::strerror(errno));
  return kEnvironment;
}

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
  session.console.tell("wrote " + file + ": " + std::to_string(lock->size()) + " plugins\n");
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
  session.console.tell(std::to_string(lock->size()) + " plugins are as locked\n");
  return kDone;
}

}  // namespace

ExitCode plugin_verb(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  auto add = options.add_options();
  add("plugin-dir", po::value<std::vector<std::string>>()->composing());
  add("user-plugins", po::bool_switch());
  const auto arguments = parse(session, kHelp, options, words, 1, 2);
  if (!arguments.go_on) return arguments.code;
  const auto& action = arguments.operands.front();
  const std::string file = arguments.operands.size() == 2 ? arguments.operands[1] : "plugins.lock";
  PluginChoice choice;
  choice.folders = arguments.list("plugin-dir");
  choice.user = arguments.values["user-plugins"].as<bool>();
  if (std::find(kActions.begin(), kActions.end(), action) == kActions.end())
    return usage_error(session, "plugin", "unknown action '" + action + "'" + did_you_mean(action, kActions));
  if (action == "new" || action == "check") {
    if (arguments.operands.size() != 2)
      return usage_error(session, "plugin", "plugin " + action + " needs one operand");
    return action == "new" ? make_new(session, file) : check(session, file);
  }
  const auto plugins = load_plugins(session, choice);
  if (!plugins) return kEnvironment;
  return action == "lock" ? write_lock(session, *plugins, file) : verify_lock(session, *plugins, file);
}

}  // namespace pedigree::cli
