// SPDX-License-Identifier: MIT
// Looking at files nobody vouches for: what kind they are, without ever opening a device or a pipe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/artifact/model.hpp"
#include "framework/core/diagnostic.hpp"

namespace pedigree::artifact {

/// Bounds on a folder of a model. Beyond them the scan stops with a notice.
struct ScanLimits {
  unsigned depth = 4;
  std::size_t entries = 20'000;
};

/// Looks at one file: opened O_NONBLOCK, must be regular. `name` decides the role with its first
/// 4 KiB. Errors: ARTIFACT_MISSING, ARTIFACT_UNREADABLE, ARTIFACT_NOT_REGULAR, ARTIFACT_EMPTY,
/// LFS_POINTER, HTML_PAGE, INCOMPLETE_DOWNLOAD, NAME_NOT_UTF8.
Result<File> look_at(const std::filesystem::path& path, const std::string& name);

/// Everything below `root`, sorted by name. Symbolic links may lead to files inside `root` or
/// inside one of `also_allowed` (the blobs of a Hub cache); others are left out with a notice.
/// Files of no known role are left out silently, broken ones with a notice.
void scan_folder(const std::filesystem::path& root, const std::vector<std::filesystem::path>& also_allowed,
                 const ScanLimits& limits, ResolvedModel& into);

/// Drops second copies of the same weights (consolidated*.safetensors, original/, pickles or GGUF
/// beside safetensors, files outside the index, adapters beside full weights), each with a notice.
void drop_second_copies(ResolvedModel& model);

}  // namespace pedigree::artifact
