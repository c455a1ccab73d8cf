// SPDX-License-Identifier: MIT
#include "framework/worker/library.hpp"

#include <dlfcn.h>

#define BOOST_DLL_USE_STD_FS  // std::filesystem, so that Boost stays headers only
#include <boost/dll/shared_library.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "framework/core/digest.hpp"
#include "framework/plugin/elf.hpp"
#include "framework/plugin/entry_point.hpp"
#include "framework/plugin/manifest_json.hpp"

namespace pedigree::worker {
namespace {
namespace fs = std::filesystem;
constexpr const char* kEntry = "pedigree_plugin_v1";
}  // namespace

io::Result<OpenLibrary> open_library(const fs::path& file) {
  OpenLibrary library;
  library.name = file.string();
  auto opened = open_regular_file(file, Links::refuse);
  if (!opened) return opened.error();
  library.opened = std::move(*opened);
  const auto facts = plugin::read_library(library.opened.get(), library.name);
  if (!facts) return facts.error();
  if (const auto entry = plugin::check_entry(*facts, library.name); !entry) return entry.error();
  auto digest = sha256_of_descriptor(library.opened.get(), library.name);
  if (!digest) return digest.error();
  library.sha256 = std::move(*digest);
  return library;
}

io::Result<const pedigree_plugin*> load(OpenLibrary& library) {
  // Boost.DLL turns a bare name into "./name"; an absolute path of the descriptor leaves nothing to search.
  const fs::path path = "/proc/self/fd/" + std::to_string(library.opened.release());
  // Never unloaded, see the header; Boost has no name for that mode and passes it on to dlopen.
  constexpr auto kKeep = static_cast<boost::dll::load_mode::type>(RTLD_NODELETE);
  boost::dll::shared_library loaded;
  try {
    loaded.load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local | kKeep);
  } catch (const std::exception& e) {
    return io::Error{"LOAD_FAILED", library.name, {}, e.what(), "is every library it needs installed?"};
  }
  const auto entry = &loaded.get<const pedigree_plugin*(std::uint32_t)>(kEntry);
  const pedigree_plugin* plugin = entry(PEDIGREE_ABI_MINOR);
  if (plugin == nullptr)
    return io::Error{"ABI_TOO_NEW",
                     library.name,
                     {},
                     "needs a newer minor of the plugin interface than 1." + std::to_string(PEDIGREE_ABI_MINOR),
                     "install a newer pedigree, or rebuild the plugin"};
  return plugin;
}

io::Result<plugin::Manifest> describe(const fs::path& file, const fs::path& messages_file) {
  nlohmann::json messages = nlohmann::json::object();
  if (!messages_file.empty()) {
    const auto text = read_file(messages_file, plugin::kMaxManifestBytes);
    if (!text) return text.error();
    auto parsed = plugin::parse_messages(*text, messages_file.string());
    if (!parsed) return parsed.error();
    messages = std::move(*parsed);
  }
  auto library = open_library(file);
  if (!library) return library.error();
  const auto loaded = load(*library);
  if (!loaded) return loaded.error();
  auto manifest = plugin::manifest_of(**loaded);
  if (!manifest) {
    io::Error error = manifest.error();
    error.file = library->name;
    return error;
  }
  manifest->library = file;
  manifest->sha256 = library->sha256;
  manifest->messages = std::move(messages);
  return manifest;
}

}  // namespace pedigree::worker
