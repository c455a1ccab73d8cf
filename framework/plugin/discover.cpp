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

std::vector<fs::path> manifests_in(const fs::path& folder, Diagnostics& problems) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error))
    if (it->path().filename().string().ends_with(kManifestSuffix)) found.push_back(it->path());
  if (error)
    problems.push_back(problem({"FOLDER_UNREADABLE", folder.string(), {}, "cannot list: " + error.message(), {}}));
  std::sort(found.begin(), found.end());
  return found;
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
    for (const auto& file : manifests_in(folder, collector.found.problems)) {
      auto manifest = read_manifest(file, rules);
      if (manifest)
        collector.add(std::move(*manifest), file);
      else
        collector.found.problems.push_back(problem(manifest.error()));
    }
  }
  return std::move(collector.found);
}

}  // namespace pedigree::plugin
