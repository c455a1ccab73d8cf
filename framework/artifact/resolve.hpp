// SPDX-License-Identifier: MIT
// From the name of a model to its files: explicit paths, a folder, a single file, the Hub cache.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "framework/artifact/model.hpp"
#include "framework/core/diagnostic.hpp"

namespace pedigree::artifact {

/// What resolution may look at beside the file system; passed in, never read from the process.
struct Environment {
  std::map<std::string, std::string> variables;  ///< HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, HOME, ...
  std::filesystem::path working_folder;          ///< for relative paths and a local folder named like an id

  std::string get(const std::string& name) const;  ///< "" when not set
};

/// A model as somebody asked for it.
struct Wanted {
  std::string id;        ///< "org/name", "hf://org/name@rev", or the path itself when only a path was given
  std::string role;      ///< subject suspect control ancestor
  std::string revision;  ///< empty: main
  std::string path;      ///< explicit folder or file
  /// role -> paths; a role with an empty list is known to be absent and stays so.
  std::map<std::string, std::vector<std::string>> artifacts;
};

/// Finds the files. Order: artifacts, path, a local folder named like the id, the Hub cache
/// (ecosystem facts: docs/reference/artifacts.md). Never the network, never another snapshot than
/// the one asked for. Errors: MODEL_NOT_FOUND (naming every place looked at), ARTIFACT_* for an
/// explicit path that cannot be used. Problems of single files below a folder become notices.
Result<ResolvedModel> resolve(const Wanted& wanted, const Environment& environment);

/// A command line's SUBJECT or REFERENCE: an existing path becomes `path` with a short id, anything
/// else an id (with an optional hf:// and @revision).
Wanted from_argument(const std::string& argument, const std::string& role, const Environment& environment);

/// Makes ids unique: models of the same name are told apart by their folders, then by a number.
void make_ids_unique(std::vector<Wanted>& models);

}  // namespace pedigree::artifact
