// SPDX-License-Identifier: MIT
// What is known of a plugin without running it: NAME.pedigree.json, written at build time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/core/diagnostic.hpp"
#include "framework/core/evidence.hpp"

namespace pedigree::plugin {

struct Signal {
  std::string id, unit, summary;
  double minimum = 0, maximum = 0;
};

struct AnalyzerManifest {
  std::string id, summary;
  Family family = Family::architecture;
  std::uint32_t flags = 0;  ///< PEDIGREE_FLAG_*
  std::vector<Signal> signals;
  std::vector<std::string> roles;
  nlohmann::json config_schema;
  bool heavy() const;
  bool needs_reference() const;
  bool deterministic() const;
  bool network() const;
  bool writes() const;
};

struct Manifest {
  std::filesystem::path library;  ///< absolute path of NAME.pedigree.so
  std::string id, version, vendor, license, homepage;
  std::string sha256;  ///< of the library, as recorded at build time; the loader compares
  std::uint32_t abi_minor = 0;
  std::vector<AnalyzerManifest> analyzers;
  nlohmann::json messages;  ///< {"key": {"en": "...", "ko": "..."}}
};

struct SearchPath {
  std::vector<std::filesystem::path> folders;  ///< absolute, canonical; earlier wins
  /// The running program, for the trust rules (trust.hpp); empty: this process's own executable.
  std::filesystem::path program{};
};

/// Reads every manifest of the search path; runs no plugin code. A file that fails the trust rules
/// (owner, mode, writable parent) or is malformed becomes a diagnostic and is left out.
struct Discovered {
  std::vector<Manifest> plugins;
  Diagnostics problems;
};
Discovered discover(const SearchPath& path);

/// The analyzer `id` and the plugin it lives in; nullptrs when unknown.
struct Found {
  const Manifest* plugin = nullptr;
  const AnalyzerManifest* analyzer = nullptr;
};
Found find_analyzer(const std::vector<Manifest>& plugins, const std::string& id);

}  // namespace pedigree::plugin
