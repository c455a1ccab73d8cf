// SPDX-License-Identifier: MIT
// pedigree init MODEL_DIR: a first pipeline for a model, with the references its shape asks for.
#include <filesystem>

#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/core/atomic_write.hpp"
#include "framework/report/messages.hpp"
#include "framework/run/obvious.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;

const Help kHelp{"init",
                 "pedigree init MODEL_DIR [-o FILE]",

                 {"pedigree init /models/mine", "pedigree init /models/mine -o -"}};

/// A scalar that reads the same whatever is in it.
std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

/// A name as pipelines allow it: what is no letter, digit or ._- becomes '-'.
std::string plain_name(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    plain += letter || digit || c == '.' || c == '_' || c == '-' ? c : '-';
  }
  const auto first = plain.find_first_not_of(".-_");
  return first == std::string::npos ? "model" : plain.substr(first);
}

std::string pipeline_text(const artifact::ResolvedModel& model, const std::string& path,
                          const catalog::Catalog& catalog) {
  const auto messages = report::framework_messages();
  const auto question = [&](const char* lang) {
    return report::render("init.question", {{"model", model.id}}, lang, messages);
  };
  std::string text = "schema: pedigree/pipeline/v1\nname: " + quoted(plain_name(model.id)) +
                     "\nquestion: " + quoted(question("en")) + "\nquestion_ko: " + quoted(question("ko")) +
                     "\nextends: calibrated\n\nsubject:\n  id: " + quoted(plain_name(model.id)) +
                     "\n  path: " + quoted(path) + "\n  # found:";
  for (const auto& file : model.files) text += " " + file.name;
  text += "\n\nclaim:\n  scope: [text_decoder]\n\nreferences:\n";
  const auto owed = run::obvious_missing(model, {model}, catalog);
  for (const auto& reference : owed)
    text += "  - id: " + quoted(reference.id) + "\n    role: suspect  # " + reference.reason + "\n";
  return text + "  - group: well-known-bases\n    role: suspect\n";
}

}  // namespace

ExitCode init(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  options.add_options()("out,o", po::value<std::string>());
  const auto arguments = parse(session, kHelp, options, words, 1, 1);
  if (!arguments.go_on) return arguments.code;
  const auto wanted = artifact::from_argument(arguments.operands.front(), "subject", session.environment);
  const auto model = artifact::resolve(wanted, session.environment);
  if (!model) {
    session.console.error(model.error());
    return kEnvironment;
  }
  const auto text = pipeline_text(*model, wanted.path.empty() ? model->location : wanted.path, load_catalog(session));
  const auto name = plain_name(fs::path{model->id}.filename().string());
  const auto file = arguments.has("out") ? arguments.text("out") : name + ".yaml";
  if (file == "-") {
    session.console.result(text);
    return kDone;
  }
  std::error_code error;
  if (fs::exists(file, error)) return usage_error(session, "init", file + " exists; name another file with -o");
  if (const auto written = atomic_write(file, text); !written) {
    session.console.error(written.error());
    return kEnvironment;
  }
  session.console.tell("wrote " + file + "; next: pedigree verify " + file + "\n");
  return kDone;
}

}  // namespace pedigree::cli
