// SPDX-License-Identifier: MIT
#include "framework/plugin/lock.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/atomic_write.hpp"
#include "framework/core/descriptor.hpp"
#include "framework/core/digest.hpp"
#include "framework/plugin/problem.hpp"
#include "framework/plugin/rules.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::plugin {
namespace {
using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view kSchema = "pedigree/plugin-lock/v1";
constexpr std::size_t kMaxLockBytes = std::size_t{1} << 20;

const LockedPlugin* find(const Lock& lock, const std::string& id) {
  const auto found = std::find_if(lock.begin(), lock.end(), [&](const auto& entry) { return entry.id == id; });
  return found == lock.end() ? nullptr : &*found;
}

io::Error not_locked(const Manifest& plugin) {
  return {"LOCK_ABSENT",
          plugin.library.string(),
          {},
          "plugin '" + plugin.id + "' is not in the lock",
          "if you trust it, run: pedigree plugin lock"};
}

io::Error changed(const Manifest& plugin, const std::string& now, const std::string& expected) {
  return {"LOCK_CHANGED",
          plugin.library.string(),
          {},
          "plugin '" + plugin.id + "' is " + now + ", expected " + expected,
          "find out who changed it; if you trust the change, run: pedigree plugin lock"};
}

std::string text_of(const std::string& version, const std::string& sha256) { return version + " sha256:" + sha256; }

io::Error invalid(const fs::path& file, std::string message) {
  return {"LOCK_INVALID", file.string(), {}, std::move(message), "write it anew with: pedigree plugin lock"};
}

bool is_text(const json& entry, const char* key) { return entry.contains(key) && entry[key].is_string(); }

}  // namespace

io::Result<Lock> lock_of(const std::vector<Manifest>& plugins) {
  Lock lock;
  for (const auto& plugin : plugins) {
    const auto digest = sha256_of_file(plugin.library);
    if (!digest) return digest.error();
    if (*digest != plugin.sha256)
      return io::Error{"LOCK_CHANGED",
                       plugin.library.string(),
                       {},
                       "is not the library that its manifest describes",
                       "rebuild the plugin"};
    lock.push_back({plugin.id, plugin.version, *digest});
  }
  std::sort(lock.begin(), lock.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return lock;
}

io::Status write_lock(const fs::path& file, const Lock& lock) {
  json plugins = json::array();
  for (const auto& entry : lock)
    plugins.push_back({{"id", entry.id}, {"version", entry.version}, {"sha256", entry.sha256}});
  const json document{{"schema", kSchema}, {"plugins", std::move(plugins)}};
  return atomic_write(file, document.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

io::Result<Lock> read_lock(const fs::path& file) {
  const auto text = read_file(file, kMaxLockBytes);
  if (!text) return text.error();
  const auto document = io::parse_json(*text, {.bytes = kMaxLockBytes}, file.string());
  if (!document) return invalid(file, document.error().place + ": " + document.error().message);
  if (!document->is_object() || document->value("schema", json()) != kSchema || !document->contains("plugins") ||
      !(*document)["plugins"].is_array())
    return invalid(file, "expected schema '" + std::string(kSchema) + "' and a list 'plugins'");
  Lock lock;
  for (const auto& entry : (*document)["plugins"]) {
    if (!entry.is_object() || !is_text(entry, "id") || !is_text(entry, "version") || !is_text(entry, "sha256"))
      return invalid(file, "each plugin needs the texts id, version and sha256");
    LockedPlugin plugin{entry["id"], entry["version"], entry["sha256"]};
    if (!is_identifier(plugin.id)) return invalid(file, "an id is not well-formed");
    if (find(lock, plugin.id) != nullptr) return invalid(file, "plugin '" + plugin.id + "' stands twice");
    lock.push_back(std::move(plugin));
  }
  std::sort(lock.begin(), lock.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return lock;
}

Diagnostics verify_lock(const std::vector<Manifest>& plugins, const Lock& lock) {
  Diagnostics differences;
  for (const auto& plugin : plugins) {
    const auto* entry = find(lock, plugin.id);
    const auto digest = sha256_of_file(plugin.library);
    if (!digest)
      differences.push_back(problem(digest.error()));
    else if (entry == nullptr)
      differences.push_back(problem(not_locked(plugin)));
    else if (entry->version != plugin.version || entry->sha256 != *digest)
      differences.push_back(
          problem(changed(plugin, text_of(plugin.version, *digest), text_of(entry->version, entry->sha256))));
  }
  for (const auto& entry : lock) {
    const bool present = std::any_of(plugins.begin(), plugins.end(), [&](const auto& p) { return p.id == entry.id; });
    if (!present)
      differences.push_back(problem({"LOCK_CHANGED",
                                     {},
                                     {},
                                     "locked plugin '" + entry.id + "' is not installed",
                                     "install it, or run: pedigree plugin lock"}));
  }
  return differences;
}

Discovered keep_locked(Discovered discovered, const Lock& lock) {
  Discovered kept;
  kept.problems = std::move(discovered.problems);
  for (auto& plugin : discovered.plugins) {
    const auto* entry = find(lock, plugin.id);
    if (entry != nullptr && entry->version == plugin.version && entry->sha256 == plugin.sha256) {
      kept.plugins.push_back(std::move(plugin));
      continue;
    }
    kept.problems.push_back(problem(entry == nullptr ? not_locked(plugin)
                                                     : changed(plugin, text_of(plugin.version, plugin.sha256),
                                                               text_of(entry->version, entry->sha256))));
  }
  return kept;
}

}  // namespace pedigree::plugin
