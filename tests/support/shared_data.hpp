// SPDX-License-Identifier: MIT
// The data beside the project (../shared), which a user's machine does not have.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace pedigree::testing {

/// The folder `shared` ($PEDIGREE_SHARED, or ../shared beside the project), if there.
std::optional<std::filesystem::path> shared_folder();

/// The unpacked archives ($PEDIGREE_SHARED_UNPACKED, or what shared/unpack prints): tokenizers/,
/// responses/, weights/, zoo/. Unpacks once; nothing when shared is absent.
std::optional<std::filesystem::path> unpacked_folder();

/// A file or folder of the project's source tree.
std::filesystem::path source_path(const std::string& relative);

}  // namespace pedigree::testing

/// Leaves a case out, and says so, on a machine without ../shared.
#define PEDIGREE_NEEDS_SHARED(variable, lookup)                                              \
  const auto variable##_found = (lookup);                                                    \
  if (!variable##_found) GTEST_SKIP() << "left out: needs ../shared (or PEDIGREE_SHARED)";   \
  const std::filesystem::path& variable = *variable##_found
