// SPDX-License-Identifier: MIT
// A model after resolution: which files it has, what each is, and where it was found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::artifact {

/// Where a model was found. `none` is only ever a state before resolution.
enum class Origin { none, artifacts, folder, file, hub_cache, catalog };
const char* to_string(Origin origin);  ///< "folder", "hub-cache", ...

/// One artifact. Either a regular file (path) or facts in memory (bytes, path empty).
struct File {
  std::string role;   ///< io::role
  std::string name;   ///< relative to the model's folder; facts are named "catalog:<id>/config.json"
  std::string path;   ///< absolute, symbolic links followed; empty for facts
  std::string bytes;  ///< the facts
  std::uint64_t size = 0;
};

/// Something about a file that a reader of the report should know, or why it was left out.
struct Notice {
  std::string code;  ///< "LFS_POINTER", "SYMLINK_OUTSIDE", "SECOND_COPY", ... (docs/reference/artifacts.md)
  std::string file;
  std::string message;
};

struct ResolvedModel {
  std::string id;        ///< unique within a run
  std::string role;      ///< subject suspect control ancestor
  std::string revision;  ///< commit in the cache, or what the pipeline pinned; may be empty
  Origin origin = Origin::none;
  std::string location;  ///< the folder or file, for people
  std::vector<File> files;
  std::vector<Notice> notices;

  bool has(std::string_view file_role) const;
};

}  // namespace pedigree::artifact
