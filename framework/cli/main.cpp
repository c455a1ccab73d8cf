// SPDX-License-Identifier: MIT
// pedigree: which verb, and a fence around it.
#include <clocale>
#include <csignal>
#include <filesystem>

#include <boost/version.hpp>

#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/report/text.hpp"

extern char** environ;  // NOLINT: POSIX declares no header for it

namespace pedigree::cli {
namespace {

constexpr const char* kVersion = PEDIGREE_VERSION;

Variables read_environment() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

Session make_session() {
  auto variables = read_environment();
  std::error_code error;
  artifact::Environment environment{variables, std::filesystem::current_path(error)};
  Console console{variables};
  Layout layout = find_layout(variables);
  return {std::move(variables), std::move(console), std::move(layout), std::move(environment)};
}

/// --lang decides about errors as well, wherever it stands.
void choose_language(Session& session, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = words[i].starts_with("--lang=")                ? words[i].substr(7)
                       : words[i] == "--lang" && i + 1 < words.size() ? words[i + 1]
                                                                      : std::string{};
    if (value == "en" || value == "ko") session.console.set_language(value);
  }
}

std::string overview(const Console& console) {
  constexpr int kLeft = 44;
  std::string text = console.say("help.overview") + "\n\n" + console.say("cli.examples") + ":\n";
  for (const auto& [line, key] : {std::pair{"pedigree verify solar-open-100b", "help.example-verify"},
                                  {"pedigree compare ./my-model ./base-model", "help.example-compare"},
                                  {"pedigree inspect ./my-model", "help.example-inspect"},
                                  {"pedigree compare ./config.json group:well-known-bases", "help.example-group"}})
    text += "  " + report::pad(line, 55) + console.say(key) + "\n";
  text += "\n" + console.say("cli.verbs") + ":\n";
  for (const auto& verb : verbs())
    text += report::pad("  " + std::string{verb.usage} + "  ", kLeft) + console.say("verb." + std::string{verb.name}) +
            "\n";
  return text + "\n" + console.say("help.nothing-downloaded") + "\n" + console.say("help.more-about-a-verb") + "\n";
}

ExitCode run_verb(Session& session, const std::vector<std::string>& words) {
  if (words.empty()) {
    session.console.message(overview(session.console));
    return kUsage;
  }
  const std::string& word = words.front();
  if (word.starts_with("--lang")) {  // before the verb as well
    const std::size_t taken = word == "--lang" ? 2 : 1;
    return run_verb(session, {words.begin() + static_cast<std::ptrdiff_t>(std::min(taken, words.size())), words.end()});
  }
  if (word == "--help" || word == "-h" || word == "help")
    return session.console.result(overview(session.console)) ? kDone : kEnvironment;
  if (word == "--version")
    return session.console.result("pedigree " + std::string{kVersion} + "\n") ? kDone : kEnvironment;
  std::vector<std::string> names;
  for (const auto& verb : verbs()) {
    if (word == verb.name) return verb.run(session, {words.begin() + 1, words.end()});
    names.emplace_back(verb.name);
  }
  if (word.starts_with("-"))
    return usage_error(session, "", "unknown option '" + word + "' before the verb; options follow the verb");
  return usage_error(session, "", "unknown verb '" + word + "'" + did_you_mean(word, names));
}

ExitCode fenced(const std::vector<std::string>& words) {
  Session session = make_session();
  choose_language(session, words);
  try {
    auto code = run_verb(session, words);
    if (!session.console.problem().empty() && code == kDone) {
      session.console.error(session.console.problem());
      code = kEnvironment;
    }
    return code;
  } catch (const std::bad_alloc&) {
    session.console.error("out of memory");
    return kEnvironment;
  } catch (const std::exception& e) {
    session.console.error(std::string{"this is a bug: "} + e.what() +
                          "\n  please report it with the command line and `pedigree doctor`");
    return kBug;
  }
}

}  // namespace

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kVerbs{
      {"verify", "verify PIPELINE...", verify},
      {"compare", "compare SUBJECT REFERENCE...", compare},
      {"inspect", "inspect SUBJECT", inspect},
      {"validate", "validate PIPELINE...", validate},
      {"explain", "explain PIPELINE", explain},
      {"test", "test PIPELINE...", test},
      {"list", "list [KIND]", list},
      {"describe", "describe NAME", describe},
      {"schema", "schema pipeline|report|manifest", schema},
      {"report", "report RUN", report_again},
      {"diff", "diff RUN_A RUN_B", diff},
      {"docs", "docs update RUN...", docs_verb},
      {"plugin", "plugin new|check|lock|verify", plugin_verb},
      {"signature", "signature TOKENIZER", signature},
      {"init", "init MODEL_DIR", init},
      {"doctor", "doctor", doctor},
  };
  return kVerbs;
}

}  // namespace pedigree::cli

int main(int argc, char** argv) {
  // A closed pipe or a size limit is an error of a write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  return pedigree::cli::fenced({argv + 1, argv + argc});
}
