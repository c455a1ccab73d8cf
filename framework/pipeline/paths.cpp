// SPDX-License-Identifier: MIT
#include "framework/pipeline/paths.hpp"

#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace pedigree::pipeline {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kMaxMatches = 100'000;

bool is_pattern(const std::string& text) { return text.find_first_of("*?[") != std::string::npos; }

/// Entries of a folder that match a pattern of one level. Hidden ones only when the pattern begins with a point.
void match_level(const fs::path& folder, const std::string& pattern, std::vector<fs::path>& out) {
  std::error_code error;
  for (fs::directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end && out.size() < kMaxMatches; at.increment(error))
    if (::fnmatch(pattern.c_str(), at->path().filename().c_str(), FNM_PERIOD) == 0) out.push_back(at->path());
}

std::vector<fs::path> matches(const fs::path& pattern) {
  std::vector<fs::path> level{pattern.root_path()};
  for (const auto& part : pattern.relative_path()) {
    std::vector<fs::path> next;
    for (const auto& folder : level) {
      std::error_code error;
      if (is_pattern(part.string()))
        match_level(folder, part.string(), next);
      else if (fs::exists(folder / part, error))
        next.push_back(folder / part);
    }
    level = std::move(next);
  }
  return level;
}

/// What keeps the path from being read, as a finding; an empty code when nothing does.
Finding obstacle(const std::string& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    return {"PED-P043", "no file or folder " + path, "relative paths start in the folder of the pipeline file"};
  if (!fs::exists(status))
    return {"PED-P045", path + " cannot be looked at: " + error.message(), "check the permissions"};
  if (!fs::is_regular_file(status) && !fs::is_directory(status))
    return {"PED-P045", path + " is neither a file nor a folder",
            "name a regular file; pipes and devices are not read"};
  if (::access(path.c_str(), R_OK) != 0) return {"PED-P045", path + " cannot be read", "check the permissions"};
  return {};
}

}  // namespace

std::string absolute_path(const std::string& text, const Place& place, const Findings& findings) {
  fs::path path = text;
  if (path.is_relative() && place.source >= 0) path = findings.source(place.source).folder / path;
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  std::string out = (error ? path : absolute).lexically_normal().string();
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

std::vector<std::string> expand_path(const Node& node, bool check, Findings& findings) {
  if (!node.is_text() || node.text.empty() || node.broken) return {};
  const std::string& text = node.text;
  const Place& place = node.place;
  const std::string path = absolute_path(text, place, findings);
  if (!check) return {path};
  std::error_code error;
  std::vector<std::string> out;
  if (!is_pattern(text) || fs::exists(path, error)) {
    out.push_back(path);
  } else if (path.find("**") != std::string::npos) {
    findings.add(place,
                 {"PED-P046", "'**' is not known here", "a * stays within one folder; write one pattern per level"});
    return {};
  } else {
    for (const auto& match : matches(path)) out.push_back(match.string());
    std::sort(out.begin(), out.end());
    if (out.empty())
      findings.add(place, {"PED-P044", "nothing matches the pattern " + path,
                           "relative paths start in the folder of the pipeline file; null says that there is none"});
  }
  for (const auto& file : out)
    if (Finding problem = obstacle(file); !problem.code.empty()) findings.add(place, std::move(problem));
  return out;
}

}  // namespace pedigree::pipeline
