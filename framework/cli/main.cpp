// SPDX-License-Identifier: MIT
// pedigree: which verb, and a fence around it.
#include <clocale>
#include <csignal>
#include <filesystem>

#include <boost/version.hpp>

#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"

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

std::string overview() {
  std::string text =
      "pedigree decides, with evidence, whether a language model was trained from scratch.\n\n"
      "Examples:\n"
      "  pedigree verify solar-open-100b                        the verdict on one of the shipped pipelines\n"
      "  pedigree compare ./my-model ./base-model               two folders, no pipeline needed\n"
      "  pedigree inspect ./my-model                            what one model shows by itself\n"
      "  pedigree compare ./config.json group:well-known-bases  one file against the catalog\n\n"
      "Verbs:\n";
  for (const auto& verb : verbs()) {
    std::string line = "  " + std::string{verb.usage};
    line.resize(std::max<std::size_t>(line.size() + 2, 44), ' ');
    text += line + verb.summary + "\n";
  }
  return text +
         "\nA model is a folder, a single file, or a Hub or catalog id. Nothing is ever downloaded.\n"
         "More about a verb: pedigree VERB --help\n";
}

ExitCode run_verb(Session& session, const std::vector<std::string>& words) {
  if (words.empty()) {
    session.console.message(overview());
    return kUsage;
  }
  const std::string& word = words.front();
  if (word == "--help" || word == "-h" || word == "help")
    return session.console.result(overview()) ? kDone : kEnvironment;
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
      {"verify", "verify PIPELINE...", "the verdict of a pipeline", verify},
      {"compare", "compare SUBJECT REFERENCE...", "one model against others", compare},
      {"inspect", "inspect SUBJECT", "one model by itself", inspect},
      {"validate", "validate PIPELINE...", "check a pipeline, run nothing", validate},
      {"explain", "explain PIPELINE", "what would run, and where each value comes from", explain},
      {"test", "test PIPELINE...", "run and check what the pipeline expects", test},
      {"list", "list [KIND]", "analyzers, plugins, profiles, models, groups", list},
      {"describe", "describe NAME", "an analyzer, a profile or a model in full", describe},
      {"schema", "schema pipeline|report|manifest", "JSON Schema of a document", schema},
      {"report", "report RUN", "show a kept run again, in another form", report_again},
      {"diff", "diff RUN_A RUN_B", "what moved between two kept runs, and why", diff},
      {"plugin", "plugin new|check|lock|verify", "make and trust plugins", plugin_verb},
      {"signature", "signature TOKENIZER", "sign a public vocabulary, to name ancestors by", signature},
      {"init", "init MODEL_DIR", "write a first pipeline for a model", init},
      {"doctor", "doctor", "is this installation whole?", doctor},
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
