// SPDX-License-Identifier: MIT
#include "framework/artifact/scan.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "framework/core/descriptor.hpp"
#include "framework/core/text.hpp"
#include "pedigree/io/artifact_role.hpp"

namespace pedigree::artifact {
namespace {
namespace fs = std::filesystem;

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  if (S_ISSOCK(mode)) return "a socket";
  return "something that is no regular file";
}

Error problem(const char* code, const fs::path& path, std::string message, std::string hint = {}) {
  return Error{code, path.string(), "", std::move(message), std::move(hint)};
}

/// What is certainly wrong with a file, by its first bytes.
const char* const kPointerHint = "fetch the real file, e.g. with `git lfs pull`";
Status refuse_by_content(const fs::path& path, const std::string& name, std::string_view head) {
  if (name.ends_with(".incomplete"))
    return problem("INCOMPLETE_DOWNLOAD", path, "an unfinished download", "let the download finish");
  if (head.starts_with("version https://git-lfs.github.com/spec/"))
    return problem("LFS_POINTER", path, "a Git-LFS pointer of a few lines, not the file it stands for", kPointerHint);
  auto text = head;
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\r' || text.front() == '\t'))
    text.remove_prefix(1);
  if (text.starts_with("<!DOCTYPE") || text.starts_with("<!doctype") || text.starts_with("<html"))
    return problem("HTML_PAGE", path, "a web page (often an error page of a failed download), not a model's file",
                   "download the file again");
  return Done{};
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

/// Folders that never hold a model's own files.
bool is_skipped_folder(const std::string& name) {
  return name == ".git" || name == ".cache" || name == ".no_exist" || name == "blobs" || name == "__pycache__";
}

/// A broken file is worth a notice only where its name promised something.
bool deserves_notice(const std::string& code) { return code != "ARTIFACT_EMPTY" && code != "INCOMPLETE_DOWNLOAD"; }

class FolderScan {
 public:
  FolderScan(const fs::path& root, const std::vector<fs::path>& also_allowed, const ScanLimits& limits,
             ResolvedModel& into)
      : root_(root), also_allowed_(also_allowed), limits_(limits), into_(into) {}

  void folder(const fs::path& path, unsigned depth) {
    std::error_code error;
    std::vector<fs::path> children;
    for (fs::directory_iterator it{path, error}, end; !error && it != end; it.increment(error)) {
      if (++seen_ > limits_.entries) return truncated();
      children.push_back(it->path());
    }
    if (error) notice("ARTIFACT_UNREADABLE", relative(path), "cannot list the folder: " + error.message());
    std::sort(children.begin(), children.end());
    for (const auto& child : children) entry(child, depth);
  }

 private:
  void entry(const fs::path& path, unsigned depth) {
    std::error_code error;
    const auto status = fs::symlink_status(path, error);
    const std::string name = relative(path);
    if (fs::is_directory(status)) {
      if (!is_skipped_folder(path.filename().string()) && depth + 1 < limits_.depth) folder(path, depth + 1);
      return;
    }
    fs::path target = path;
    if (fs::is_symlink(status)) {
      target = fs::canonical(path, error);
      if (error) return notice("SYMLINK_DANGLING", name, "a symbolic link that leads nowhere: " + error.message());
      if (fs::is_directory(target, error)) return;  // a linked folder would be a second way to the same files
      const bool inside = is_below(target, root_) || std::any_of(also_allowed_.begin(), also_allowed_.end(),
                                                                 [&](const auto& f) { return is_below(target, f); });
      if (!inside)
        return notice("SYMLINK_OUTSIDE", name,
                      "a symbolic link out of the model's folder, to " + target.string() +
                          ": left out; name that file under artifacts: if it belongs here");
    }
    add(target, name);
  }

  void add(const fs::path& target, const std::string& name) {
    auto file = look_at(target, name);
    if (!file) {
      const auto& why = file.error();
      if (deserves_notice(why.code) || io::role_of(name, "x") != io::role::kUnknown)
        notice(why.code, name, why.message + (why.hint.empty() ? "" : "; " + why.hint));
      return;
    }
    if (file->role != io::role::kUnknown) into_.files.push_back(std::move(*file));
  }

  std::string relative(const fs::path& path) const { return path.lexically_relative(root_).string(); }
  void notice(std::string code, std::string file, std::string message) {
    into_.notices.push_back({std::move(code), std::move(file), std::move(message)});
  }
  void truncated() {
    if (truncated_) return;
    truncated_ = true;
    notice("FOLDER_TOO_LARGE", "",
           "more than " + std::to_string(limits_.entries) + " entries: the rest was not looked at");
  }

  const fs::path& root_;
  const std::vector<fs::path>& also_allowed_;
  const ScanLimits& limits_;
  ResolvedModel& into_;
  std::size_t seen_ = 0;
  bool truncated_ = false;
};

}  // namespace

Result<File> look_at(const fs::path& path, const std::string& name) {
  if (!is_utf8(path.string()) || !is_utf8(name))
    return problem("NAME_NOT_UTF8", "", "a file name that is not UTF-8 in " + path.parent_path().filename().string(),
                   "rename the file");
  // O_NONBLOCK: opening a named pipe must not wait for a writer that never comes.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return problem("ARTIFACT_MISSING", path, "there is no such file");
    return problem("ARTIFACT_UNREADABLE", path, std::string{"cannot be opened: "} + std::strerror(errno),
                   errno == EACCES ? "allow reading it" : "");
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    return problem("ARTIFACT_UNREADABLE", path, std::string{"cannot be examined: "} + std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    return problem("ARTIFACT_NOT_REGULAR", path, std::string{"is "} + kind_of(status.st_mode) + ", not a regular file");
  if (status.st_size == 0) return problem("ARTIFACT_EMPTY", path, "the file is empty");
  std::array<char, 4096> head{};
  const auto count = ::pread(file.get(), head.data(), head.size(), 0);
  if (count <= 0) return problem("ARTIFACT_UNREADABLE", path, std::string{"cannot be read: "} + std::strerror(errno));
  const std::string_view start{head.data(), static_cast<std::size_t>(count)};
  if (const auto usable = refuse_by_content(path, name, start); !usable) return usable.error();
  return File{std::string{io::role_of(name, start)}, name, path.string(), "",
              static_cast<std::uint64_t>(status.st_size)};
}

void scan_folder(const fs::path& root, const std::vector<fs::path>& also_allowed, const ScanLimits& limits,
                 ResolvedModel& into) {
  FolderScan{root, also_allowed, limits, into}.folder(root, 0);
}

}  // namespace pedigree::artifact
