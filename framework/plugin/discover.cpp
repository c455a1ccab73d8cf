// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "framework/plugin/manifest.hpp"
#include "framework/plugin/manifest_json.hpp"
#include "framework/plugin/problem.hpp"
#include "framework/plugin/trust.hpp"

namespace pedigree::plugin {
namespace {
namespace fs = std::filesystem;

/// What lies in a plugin folder, each list in order of name.
struct Folder {
  std::vector<fs::path> manifests, libraries;
};

Folder list(const fs::path& folder, Diagnostics& problems) {
  Folder found;
  std::error_code error;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    if (name.ends_with(kManifestSuffix)) found.manifests.push_back(it->path());
    if (name.ends_with(kLibrarySuffix)) found.libraries.push_back(it->path());
  }
  if (error)
    problems.push_back(problem({"FOLDER_UNREADABLE", folder.string(), {}, "cannot list: " + error.message(), {}}));
  std::sort(found.manifests.begin(), found.manifests.end());
  std::sort(found.libraries.begin(), found.libraries.end());
  return found;
}

/// A library without a manifest would be left out in silence, and its author would search for the reason.
void warn_of_lone_libraries(const Folder& folder, Discovered& found) {
  for (const auto& library : folder.libraries) {
    const auto name = library.string();
    const auto manifest = name.substr(0, name.size() - kLibrarySuffix.size()) + std::string{kManifestSuffix};
    if (std::binary_search(folder.manifests.begin(), folder.manifests.end(), fs::path{manifest})) continue;
    if (std::any_of(found.plugins.begin(), found.plugins.end(), [&](const auto& p) { return p.library == library; }))
      continue;
    found.problems.push_back(
        problem({"MANIFEST_ABSENT",
                 name,
                 {},
                 "has no manifest beside it, so the plugin was left out",
                 "install " + fs::path{manifest}.filename().string() + ", which the build wrote, with it"},
                Severity::warning));
  }
}

io::Result<Manifest> read_manifest(const fs::path& file, const TrustRules& rules) {
  const auto opened = open_trusted(file, rules);
  if (!opened) return opened.error();
  const auto text = read_all(*opened, file.string(), kMaxManifestBytes);
  if (!text) return text.error();
  auto manifest = parse_manifest(*text, file.string());
  if (!manifest) return manifest;
  manifest->library = file.parent_path() / manifest->library;
  if (const auto library = open_trusted(manifest->library, rules); !library) return library.error();
  return manifest;
}

/// Keeps the first plugin and the first analyzer of a name; the search path's order decides.
class Collector {
 public:
  void add(Manifest manifest, const fs::path& file) {
    const auto [known, fresh] = plugin_files_.try_emplace(manifest.id, file);
    if (!fresh) return skip(file, "plugin '" + manifest.id + "'", known->second);
    for (const auto& analyzer : manifest.analyzers)
      if (const auto other = analyzer_files_.find(analyzer.id); other != analyzer_files_.end())
        return skip(file, "analyzer '" + analyzer.id + "'", other->second);
    for (const auto& analyzer : manifest.analyzers) analyzer_files_.emplace(analyzer.id, file);
    found.plugins.push_back(std::move(manifest));
  }
  Discovered found;

 private:
  void skip(const fs::path& file, const std::string& what, const fs::path& first) {
    found.problems.push_back(problem(
        {"DUPLICATE", file.string(), {}, what + " is already provided by " + first.string(), "remove one of the two"},
        Severity::warning));
  }
  std::map<std::string, fs::path> plugin_files_, analyzer_files_;
};

}  // namespace

Discovered discover(const SearchPath& path) {
  const auto rules = TrustRules::of_process(path.program);
  Collector collector;
  for (const auto& folder : path.folders) {
    if (const auto trusted = check_folder(folder, rules); !trusted) {
      collector.found.problems.push_back(problem(trusted.error()));
      continue;
    }
    const auto files = list(folder, collector.found.problems);
    for (const auto& file : files.manifests) {
      auto manifest = read_manifest(file, rules);
      if (manifest)
        collector.add(std::move(*manifest), file);
      else
        collector.found.problems.push_back(problem(manifest.error()));
    }
    warn_of_lone_libraries(files, collector.found);
  }
  return std::move(collector.found);
}

}  // namespace pedigree::plugin
