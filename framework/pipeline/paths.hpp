// SPDX-License-Identifier: MIT
// Paths and patterns of a pipeline, as files on disk.
#pragma once

#include <string>
#include <vector>

#include "framework/pipeline/node.hpp"

namespace pedigree::pipeline {

/// The text as an absolute path; relative ones start in the folder of the source at `place`.
std::string absolute_path(const std::string& text, const Place& place, const Findings& findings);

/// A pattern (* ? [...] within one folder level) to the files it matches, sorted bytewise; a name that exists as it is
/// written is no pattern. With `check` the files must exist, be readable, and be regular files or folders; without, the
/// disk is not touched and a pattern comes back as it is.
std::vector<std::string> expand_path(const Node& node, bool check, Findings& findings);

}  // namespace pedigree::pipeline
