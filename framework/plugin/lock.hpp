// SPDX-License-Identifier: MIT
// plugins.lock: the digests of the plugins a result may rest on. Written by `pedigree plugin lock`; with --locked
// nothing else is loaded.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/plugin/manifest.hpp"

namespace pedigree::plugin {

struct LockedPlugin {
  std::string id, version, sha256;
  bool operator==(const LockedPlugin&) const = default;
};
using Lock = std::vector<LockedPlugin>;  ///< sorted by id, ids unique

/// The lock of these plugins, digests taken from the libraries as they lie on disk now. Errors: those of reading, and
/// LOCK_CHANGED when a library is not the one its manifest describes.
io::Result<Lock> lock_of(const std::vector<Manifest>& plugins);

/// Errors: DISK_FULL, WRITE_FAILED.
io::Status write_lock(const std::filesystem::path& file, const Lock& lock);
/// Errors: those of reading, LOCK_INVALID.
io::Result<Lock> read_lock(const std::filesystem::path& file);

/// One diagnostic per difference: a library that changed, a plugin that is not locked, a locked one that is gone.
/// Hashes every library. Empty: all is as locked.
Diagnostics verify_lock(const std::vector<Manifest>& plugins, const Lock& lock);

/// --locked: `discovered` without the plugins whose manifest states another id, version or digest than the lock, each a
/// problem of severity error. No library is read: the loader compares the digest of what it loads with the manifest.
Discovered keep_locked(Discovered discovered, const Lock& lock);

}  // namespace pedigree::plugin
