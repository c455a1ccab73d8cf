// SPDX-License-Identifier: MIT
// The documents a pipeline is made of: its file, what it extends, and the assignments of the command line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/pipeline/node.hpp"
#include "framework/pipeline/reader.hpp"

namespace pedigree::pipeline {

struct Layers {
  std::vector<Node> documents;  ///< lowest precedence first
  std::string profile;          ///< name or path of the direct parent; empty when there is none
};

inline constexpr int kMaxParents = 4;
inline constexpr const char* kDefaultProfile = "calibrated";

/// Loads `file` and its parents. A file without `extends` gets kDefaultProfile, `extends: null` gets none, and
/// `context.profile` replaces both.
Layers load_file(const std::filesystem::path& file, const ReadContext& context, Findings& findings);

/// The parents of a pipeline that has no file.
Layers load_profile(const std::string& profile, const ReadContext& context, Findings& findings);

/// One document per assignment "path=value", checked against what is already there: a step, reference or variable must
/// exist to be changed.
std::vector<Node> load_assignments(const std::vector<std::string>& assignments, const Node& merged,
                                   const std::filesystem::path& folder, Findings& findings);

/// Names of the profiles in the folder, sorted.
std::vector<std::string> profile_names(const std::filesystem::path& folder);

}  // namespace pedigree::pipeline
