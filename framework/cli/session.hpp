// SPDX-License-Identifier: MIT
// What every verb is handed, and the parts of the host that several verbs need.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "framework/artifact/resolve.hpp"
#include "framework/catalog/catalog.hpp"
#include "framework/cli/console.hpp"
#include "framework/cli/exit_code.hpp"
#include "framework/cli/layout.hpp"
#include "framework/pipeline/reader.hpp"
#include "framework/plugin/manifest.hpp"

namespace pedigree::cli {

struct Session {
  Variables variables;
  Console console;
  Layout layout;
  artifact::Environment environment;
};

using VerbFunction = ExitCode (*)(Session&, const std::vector<std::string>& arguments);

/// One verb: its place in `pedigree --help` and its function (one file per verb). What it does: "verb.NAME" of the
/// catalogue.
struct Verb {
  const char* name;
  const char* usage;
  VerbFunction run;
};
const std::vector<Verb>& verbs();

/// Where plugins are looked for beside the installed folder.
struct PluginChoice {
  std::vector<std::string> folders;  ///< --plugin-dir, absolute
  bool user = false;                 ///< --user-plugins
  std::string lock;                  ///< --locked[=FILE]
};

/// The installed plugins. Says on stderr what was refused; nothing when a named folder or the lock
/// file cannot be used (then the exit code is kEnvironment).
std::optional<std::vector<plugin::Manifest>> load_plugins(Session& session, const PluginChoice& choice);

/// The catalog; malformed cards are told on stderr.
catalog::Catalog load_catalog(Session& session);

/// A reader's context over loaded plugins and catalog.
pipeline::ReadContext read_context(const Session& session, const std::vector<plugin::Manifest>& plugins,
                                   const catalog::Catalog& catalog);

/// The exit code of a pipeline that could not be read: kEnvironment when only files or plugins of this machine are
/// missing, else kUsage.
ExitCode reading_code(const Diagnostics& diagnostics);

/// The file a pipeline argument means: an existing file, or the name of a shipped pipeline.
std::string pipeline_file(const Session& session, const std::string& argument);

}  // namespace pedigree::cli
