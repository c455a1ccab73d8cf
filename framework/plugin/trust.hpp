// SPDX-License-Identifier: MIT
// Who could have put a file where it lies. Loading a plugin runs it, so a plugin is loaded only when nobody but the
// user and root could have written it or swapped it.
//
// The rules (SECURITY.md explains each):
//  1. A path is absolute and canonical: no symbolic link, "." or "..".
//  2. The file and its folder, and every folder above, belong to root or to the effective user.
//  3. None is writable by its group or by others. A sticky folder above (as /tmp) may be: only an entry's owner can
//     rename or delete it there, and rule 2 holds for the entry.
//  4. A folder that also leads to the running program is not judged: who can change it can replace the program itself.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <filesystem>

#include "framework/core/descriptor.hpp"

namespace pedigree::plugin {

struct TrustRules {
  uid_t user = 0;                   ///< the effective user
  std::filesystem::path program{};  ///< canonical path of the running program; empty: rule 4 does not apply

  /// Of this process. `program` empty: its own executable.
  static TrustRules of_process(const std::filesystem::path& program = {});
};

/// Rules 1 to 4 for a folder. Errors: PATH_NOT_ABSOLUTE, PATH_NOT_CANONICAL, FOLDER_MISSING, UNTRUSTED_OWNER,
/// UNTRUSTED_MODE.
io::Status check_folder(const std::filesystem::path& folder, const TrustRules& rules);

/// Opens a regular file of a folder that check_folder() accepted, not following a link, and checks rules 2 and 3 on the
/// open descriptor. Errors: those of open_regular_file, UNTRUSTED_OWNER, UNTRUSTED_MODE.
io::Result<Descriptor> open_trusted(const std::filesystem::path& file, const TrustRules& rules);

}  // namespace pedigree::plugin
