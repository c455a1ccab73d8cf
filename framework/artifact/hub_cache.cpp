// SPDX-License-Identifier: MIT
#include "framework/artifact/hub_cache.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

namespace pedigree::artifact {
namespace {
namespace fs = std::filesystem;

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// $NAME and ${NAME}, as Python's os.path.expandvars: unknown names stay as they are.
std::string expand_variables(const std::string& text, const Environment& environment) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      out += text[i];
      continue;
    }
    const bool braces = i + 1 < text.size() && text[i + 1] == '{';
    const std::size_t start = i + (braces ? 2 : 1);
    std::size_t end = start;
    while (end < text.size() && is_name_char(text[end])) ++end;
    const auto found = environment.variables.find(text.substr(start, end - start));
    const bool closed = !braces || (end < text.size() && text[end] == '}');
    if (end == start || !closed || found == environment.variables.end()) {
      out += '$';
      continue;
    }
    out += found->second;
    i = braces ? end : end - 1;
  }
  return out;
}

fs::path expand(const std::string& text, const Environment& environment) {
  std::string path = text;
  if (path == "~" || path.starts_with("~/")) path = environment.get("HOME") + path.substr(1);
  path = expand_variables(path, environment);
  return fs::path{path}.is_absolute() ? fs::path{path} : environment.working_folder / path;
}

bool is_commit(const std::string& text) {
  return text.size() == 40 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
         });
}

/// One part of an id: word characters, '-' and '.', at most 96, and it starts and ends with a word
/// character (the \b of the Hub's pattern).
bool is_id_part(const std::string& part) {
  if (part.empty() || part.size() > 96) return false;
  const auto allowed = [](char c) { return is_name_char(c) || c == '-' || c == '.'; };
  return std::all_of(part.begin(), part.end(), allowed) && is_name_char(part.front()) && is_name_char(part.back());
}

/// A revision becomes a path below refs/: it may nest ("refs/pr/1") but not climb.
bool is_safe_revision(const std::string& revision) {
  if (revision.empty() || revision.front() == '/' || revision.find('\0') != std::string::npos) return false;
  for (const auto& part : fs::path{revision})
    if (part == ".." || part == ".") return false;
  return true;
}

/// The commit in refs/<revision>, stripped (people write these files with editors).
std::string read_ref(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return {};
  std::ifstream in{file};
  std::string commit(64, '\0');
  in.read(commit.data(), static_cast<std::streamsize>(commit.size()));
  commit.resize(static_cast<std::size_t>(in.gcount()));
  const auto space = [](unsigned char c) { return std::isspace(c) != 0; };
  commit.erase(std::find_if_not(commit.rbegin(), commit.rend(), space).base(), commit.end());
  commit.erase(commit.begin(), std::find_if_not(commit.begin(), commit.end(), space));
  return commit;
}

std::string names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end && names.size() < 20; it.increment(error))
    names.push_back(it->path().filename().string());
  std::sort(names.begin(), names.end());
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

}  // namespace

fs::path hub_cache_folder(const Environment& environment) {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
    if (const auto value = environment.get(name); !value.empty()) return expand(value, environment);
  if (const auto home = environment.get("HF_HOME"); !home.empty()) return expand(home, environment) / "hub";
  if (const auto cache = environment.get("XDG_CACHE_HOME"); !cache.empty())
    return expand(cache, environment) / "huggingface/hub";
  if (environment.get("HOME").empty()) return {};
  return fs::path{environment.get("HOME")} / ".cache/huggingface/hub";
}

bool is_repository_id(const std::string& id) {
  if (id.find("--") != std::string::npos || id.find("..") != std::string::npos || id.ends_with(".git")) return false;
  const auto slash = id.find('/');
  if (slash == std::string::npos) return is_id_part(id);
  return is_id_part(id.substr(0, slash)) && is_id_part(id.substr(slash + 1));
}

Result<Snapshot> find_snapshot(const fs::path& cache, const std::string& id, const std::string& revision,
                               std::vector<std::string>& looked) {
  std::string folder = "models--" + id;
  if (const auto slash = folder.find('/'); slash != std::string::npos) folder.replace(slash, 1, "--");
  Snapshot snapshot;
  snapshot.repository = cache / folder;
  std::error_code error;
  looked.push_back("Hub cache: " + snapshot.repository.string());
  if (!fs::is_directory(snapshot.repository, error))
    return Error{"MODEL_NOT_FOUND", snapshot.repository.string(), "", "not in the Hub cache", ""};
  const std::string wanted = revision.empty() ? "main" : revision;
  if (!is_safe_revision(wanted))
    return Error{"REVISION_NOT_CACHED", "", "", "'" + wanted + "' is no name of a revision",
                 "give a branch, a tag or a commit"};
  snapshot.commit = is_commit(wanted) ? wanted : read_ref(snapshot.repository / "refs" / wanted);
  if (!is_commit(snapshot.commit))
    return Error{"REVISION_NOT_CACHED", (snapshot.repository / "refs" / wanted).string(), "",
                 "revision '" + wanted + "' of " + id +
                     " is not in the cache (cached: " + names_in(snapshot.repository / "refs") +
                     "; commits: " + names_in(snapshot.repository / "snapshots") + ")",
                 "download that revision, or name one of these"};
  snapshot.folder = snapshot.repository / "snapshots" / snapshot.commit;
  looked.push_back("snapshot: " + snapshot.folder.string());
  if (!fs::is_directory(snapshot.folder, error))
    return Error{"SNAPSHOT_MISSING", snapshot.folder.string(), "",
                 "'" + wanted + "' of " + id + " means commit " + snapshot.commit +
                     ", but the cache has no such snapshot (it has: " + names_in(snapshot.repository / "snapshots") +
                     ")",
                 "download it again; another snapshot is never taken instead"};
  return snapshot;
}

std::vector<std::string> known_missing(const Snapshot& snapshot) {
  const auto folder = snapshot.repository / ".no_exist" / snapshot.commit;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator it{folder, error}, end; !error && it != end && names.size() < 1000;
       it.increment(error))
    if (it->is_regular_file(error)) names.push_back(it->path().lexically_relative(folder).string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace pedigree::artifact
