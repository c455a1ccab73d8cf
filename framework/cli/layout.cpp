// SPDX-License-Identifier: MIT
#include "framework/cli/layout.hpp"

namespace pedigree::cli {
namespace fs = std::filesystem;

Layout find_layout(const Variables& variables) {
  Layout layout;
  std::error_code error;
  layout.program = fs::read_symlink("/proc/self/exe", error);
  layout.prefix = layout.program.parent_path().parent_path();
  layout.worker = layout.prefix / "libexec/pedigree/pedigree-worker";
  layout.plugins = layout.prefix / "lib/pedigree/plugins";
  layout.pipelines = layout.prefix / "share/pedigree/pipelines";
  layout.profiles = layout.pipelines / "profiles";
  layout.catalog = layout.pipelines / "catalog";
  layout.models = layout.pipelines / "models";
  const auto home = value_of(variables, "HOME");
  const auto cache = value_of(variables, "XDG_CACHE_HOME");
  if (!cache.empty() && fs::path{cache}.is_absolute())
    layout.cache = fs::path{cache} / "pedigree";
  else if (!home.empty())
    layout.cache = fs::path{home} / ".cache/pedigree";
  if (!home.empty()) layout.user_plugins = fs::path{home} / ".local/lib/pedigree/plugins";
  return layout;
}

}  // namespace pedigree::cli
