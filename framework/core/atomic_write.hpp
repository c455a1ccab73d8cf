// SPDX-License-Identifier: MIT
// Files that are either whole or not there.
#pragma once

#include <filesystem>
#include <string_view>

#include "pedigree/io/result.hpp"

namespace pedigree {

/// Replaces `file` by `bytes`: written to a temporary file in the same folder, flushed to disk, renamed, and the folder
/// flushed. A reader sees the old content or the new one, never a part; on failure the temporary file is removed and an
/// existing `file` is untouched. `mode` is the new file's permission bits (before umask). A symbolic link at `file` is
/// replaced, not followed. Errors: DISK_FULL (no space, or over quota), WRITE_FAILED. Thread-safe.
io::Status atomic_write(const std::filesystem::path& file, std::string_view bytes, unsigned mode = 0644);

}  // namespace pedigree
