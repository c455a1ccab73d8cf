// SPDX-License-Identifier: MIT
// Where an installed pedigree keeps its parts, relative to the program itself. A build tree has the same layout.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/cli/console.hpp"

namespace pedigree::cli {

struct Layout {
  std::filesystem::path prefix;  ///< <prefix>/bin/pedigree is this program
  std::filesystem::path program, worker;
  std::filesystem::path plugins;    ///< <prefix>/lib/pedigree/plugins
  std::filesystem::path pipelines;  ///< <prefix>/share/pedigree/pipelines
  std::filesystem::path profiles, catalog, models;
  std::filesystem::path cache;         ///< $XDG_CACHE_HOME/pedigree or ~/.cache/pedigree; empty without a home
  std::filesystem::path user_plugins;  ///< ~/.local/lib/pedigree/plugins; used only with --user-plugins
};

/// From the path of the running program (/proc/self/exe) and the environment.
Layout find_layout(const Variables& variables);

}  // namespace pedigree::cli
