// SPDX-License-Identifier: MIT
// The local Hugging Face cache: where it is, and which snapshot a name means.
// Facts: huggingface_hub docs (local-cache.md), constants.py, _validators.py, file_download.py.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "framework/artifact/resolve.hpp"

namespace pedigree::artifact {

/// HF_HUB_CACHE > HUGGINGFACE_HUB_CACHE > $HF_HOME/hub > $XDG_CACHE_HOME/huggingface/hub >
/// ~/.cache/huggingface/hub, with ~ and $VAR expanded. Empty when no home is known.
std::filesystem::path hub_cache_folder(const Environment& environment);

/// True for "name" or "namespace/name" as the Hub allows them.
bool is_repository_id(const std::string& id);

struct Snapshot {
  std::filesystem::path repository;  ///< models--org--name; blobs lie below it
  std::filesystem::path folder;      ///< snapshots/<commit>
  std::string commit;
};

/// The snapshot of `id` at `revision` ("" = main), or why there is none. `looked` gets one line
/// per place. Errors: REVISION_NOT_CACHED, SNAPSHOT_MISSING; MODEL_NOT_FOUND when the repository
/// is not in the cache at all.
Result<Snapshot> find_snapshot(const std::filesystem::path& cache, const std::string& id, const std::string& revision,
                               std::vector<std::string>& looked);

/// Files the Hub is known not to have at this commit (.no_exist/<commit>/), relative names, sorted.
std::vector<std::string> known_missing(const Snapshot& snapshot);

}  // namespace pedigree::artifact
