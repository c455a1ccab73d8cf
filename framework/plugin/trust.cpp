// SPDX-License-Identifier: MIT
#include "framework/plugin/trust.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace pedigree::plugin {
namespace {
namespace fs = std::filesystem;

enum class Place { above, itself };

io::Error refusal(const char* code, const fs::path& path, std::string message, std::string hint) {
  return {code, path.string(), {}, std::move(message), std::move(hint)};
}

io::Status check_owner_and_mode(const fs::path& path, const struct stat& status, const TrustRules& rules, Place place) {
  if (status.st_uid != 0 && status.st_uid != rules.user)
    return refusal(
        "UNTRUSTED_OWNER", path,
        "belongs to user " + std::to_string(status.st_uid) + ", expected root or user " + std::to_string(rules.user),
        "that user could replace the plugin; change the owner, or install the plugin elsewhere");
  const bool open_to_others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  const bool sticky_above = place == Place::above && S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  if (open_to_others && !sticky_above)
    return refusal("UNTRUSTED_MODE", path, "is writable by its group or by others",
                   "others could replace the plugin; run: chmod go-w '" + path.string() + "'");
  return io::Done{};
}

/// True when `folder` is one of the folders above `program`.
bool leads_to(const fs::path& folder, const fs::path& program) {
  for (fs::path above = program.parent_path(); !above.empty(); above = above.parent_path()) {
    if (above == folder) return true;
    if (above == above.parent_path()) return false;
  }
  return false;
}

}  // namespace

TrustRules TrustRules::of_process(const fs::path& program) {
  std::error_code unreadable;
  fs::path own = program.empty() ? fs::read_symlink("/proc/self/exe", unreadable) : program;
  if (unreadable) own.clear();
  return {::geteuid(), own};
}

io::Status check_folder(const fs::path& folder, const TrustRules& rules) {
  if (!folder.is_absolute())
    return refusal("PATH_NOT_ABSOLUTE", folder, "a plugin folder is given by an absolute path",
                   "plugins are never looked for in the current folder");
  std::error_code error;
  const fs::path canonical = fs::canonical(folder, error);
  if (error) return refusal("FOLDER_MISSING", folder, "cannot open: " + error.message(), "");
  const fs::path given = folder.has_filename() ? folder : folder.parent_path();  // a trailing '/' is no difference
  if (canonical != given)
    return refusal("PATH_NOT_CANONICAL", folder, "leads through a symbolic link, '.' or '..'",
                   "name the folder itself: " + canonical.string());
  for (fs::path at = canonical;; at = at.parent_path()) {
    struct stat status {};
    if (::lstat(at.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
      return refusal("FOLDER_MISSING", at, "is no folder", "");
    const bool judged = !leads_to(at, rules.program);
    if (judged) {
      auto checked = check_owner_and_mode(at, status, rules, at == canonical ? Place::itself : Place::above);
      if (!checked) return checked;
    }
    if (at == at.parent_path()) return io::Done{};
  }
}

io::Result<Descriptor> open_trusted(const fs::path& file, const TrustRules& rules) {
  auto opened = open_regular_file(file, Links::refuse);
  if (!opened) return opened;
  struct stat status {};
  if (::fstat(opened->get(), &status) != 0)
    return refusal("OPEN_FAILED", file, std::string("cannot look at it: ") + std::strerror(errno), "");
  if (auto checked = check_owner_and_mode(file, status, rules, Place::itself); !checked) return checked.error();
  return opened;
}

}  // namespace pedigree::plugin
