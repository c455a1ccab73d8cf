// SPDX-License-Identifier: MIT
// Groups load and version: what the library is before anything is asked of it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sdk/conformance/fixtures.hpp"
#include "sdk/conformance/loaded.hpp"
#include "sdk/conformance/mini_host.hpp"

namespace pedigree::conformance {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (std::size_t i = 0; i < names.size() && i < 5; ++i) all += (all.empty() ? "" : ", ") + names[i];
  return names.size() > 5 ? all + ", ..." : all;
}

Verdict exports_one_entry(const Subject& subject) {
  auto names = Loaded{subject}.facts().exports;
  if (std::erase(names, "pedigree_plugin_v1") != 1) return fail("does not export pedigree_plugin_v1");
  return names.empty() ? pass() : fail("also exports " + joined(names) + "; use pedigree_add_analyzer_plugin()");
}

Verdict shares_nothing(const Subject& subject) {
  const auto names = Loaded{subject}.facts().unique;
  return names.empty() ? pass()
                       : fail("symbols that two plugins would share: " + joined(names) + "; use -fno-gnu-unique");
}

Verdict is_hardened(const Subject& subject) {
  const auto facts = Loaded{subject}.facts();
  if (!facts.relro) return fail("no RELRO segment; link with -Wl,-z,relro");
  return facts.bind_now ? pass() : fail("symbols are bound lazily; link with -Wl,-z,now");
}

Verdict has_no_relative_path(const Subject& subject) {
  for (const auto& path : Loaded{subject}.facts().search_paths)
    if (path.empty() || path.front() != '/')
      return fail("searches libraries in '" + path +
                  "': a worker loads a plugin by its descriptor, so $ORIGIN and "
                  "relative paths lead nowhere good");
  return pass();
}

nlohmann::json read_json(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  return nlohmann::json::parse(bytes, nullptr, false);
}

std::string quoted(const std::string& path) {
  std::string out = "'";
  for (const char c : path) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

Verdict manifest_is_true(const Subject& subject) {
  if (!subject.manifest.is_object()) return fail("has no readable manifest NAME.pedigree.json beside it");
  if (subject.worker.empty()) return left_out("pedigree-worker was not found; give --worker");
  const std::string command = quoted(subject.worker.string()) + " describe " + quoted(subject.library.string()) +
                              " --output described.json 2>described.txt";
  if (std::system(command.c_str()) != 0) {
    std::ifstream in{"described.txt"};
    return fail(std::string{std::istreambuf_iterator<char>{in}, {}});
  }
  auto described = read_json("described.json");
  std::remove("described.json");
  std::remove("described.txt");
  for (const auto& [key, value] : described.items())
    if (key != "messages" && subject.manifest.value(key, nlohmann::json{}) != value)
      return fail("the manifest's '" + key + "' is not the library's; rebuild the plugin");
  return pass("sha256 " + described.value("sha256", ""));
}

Verdict answers_every_minor(const Subject& subject) {
  const Loaded loaded{subject};
  if (loaded.ask(PEDIGREE_ABI_MINOR) == nullptr) return fail("does not answer the current minor");
  if (loaded.ask(PEDIGREE_ABI_MINOR + 1) == nullptr) return fail("does not answer a host of the next minor");
  if (loaded.ask(0xFFFFFFFFu) == nullptr) return fail("does not answer a host of a far minor");
  return loaded.ask(0) == nullptr ? pass("needs more than minor 0") : pass();
}

Verdict runs_in_hosts_of_other_sizes(const Subject& subject) {
  const Loaded loaded{subject};
  const std::vector<Model> models{small_model("subject", subject.seed), small_model("reference", subject.seed + 1)};
  for (const auto* analyzer : loaded.analyzers()) {
    const auto usual = run(*analyzer, models);
    RunSettings settings;
    settings.host_size = offsetof(pedigree_host, extension);
    const auto shorter = run(*analyzer, models, settings);
    settings.host_size = sizeof(pedigree_host) + 64;
    const auto longer = run(*analyzer, models, settings);
    if (shorter.status != usual.status || longer.status != usual.status)
      return fail(text(analyzer->id) + ": ends differently when the host's struct is shorter or longer");
  }
  return pass();
}

}  // namespace

std::vector<Test> load_tests() {
  return {{"load.entry", "exports exactly one symbol, its entry", exports_one_entry},
          {"load.unique", "no symbol is shared with other plugins", shares_nothing},
          {"load.hardening", "tables are read-only once loaded", is_hardened},
          {"load.search-path", "libraries are searched by absolute paths only", has_no_relative_path},
          {"load.manifest", "the manifest is what the library says", manifest_is_true},
          {"version.minors", "the entry answers this minor and later ones", answers_every_minor},
          {"version.host-size", "runs in a host with a shorter and a longer struct", runs_in_hosts_of_other_sizes}};
}

}  // namespace pedigree::conformance
