// SPDX-License-Identifier: MIT
// A plugin library inside a worker: checked, loaded, never unloaded.
#pragma once

#include <filesystem>
#include <string>

#include "framework/core/descriptor.hpp"
#include "framework/plugin/manifest.hpp"
#include "pedigree/abi.h"

namespace pedigree::worker {

/// A library that is open and known by its digest, but not loaded: no code of it has run.
struct OpenLibrary {
  Descriptor opened;
  std::string name;    ///< for messages
  std::string sha256;  ///< of the very descriptor that load() loads
};

/// Opens the file, not following a link, checks its table of symbols and hashes it. Errors: those of
/// open_regular_file, plugin::read_library, plugin::check_entry.
io::Result<OpenLibrary> open_library(const std::filesystem::path& file);

/// Loads through the open descriptor, so that what was hashed is what runs, and asks for the plugin's descriptor. Runs
/// third-party code. The library stays loaded for the process's life: its threads, its atexit handlers and its
/// thread-local destructors outlive any moment that would be right for unloading. So does its descriptor, which
/// `library` gives up: the C library knows what is loaded by its path, /proc/self/fd/N, and would take the next file
/// under the same N for the same library. Errors: LOAD_FAILED (with the loader's own words), ABI_TOO_NEW.
io::Result<const pedigree_plugin*> load(OpenLibrary& library);

/// open_library, load and plugin::manifest_of: what `pedigree-worker describe` writes down. `messages_file` may be
/// empty. Errors: theirs, and those of plugin::parse_messages.
io::Result<plugin::Manifest> describe(const std::filesystem::path& file, const std::filesystem::path& messages_file);

}  // namespace pedigree::worker
