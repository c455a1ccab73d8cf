// SPDX-License-Identifier: MIT
// A manifest that holds every rule, to be bent by tests.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/core/digest.hpp"
#include "framework/plugin/manifest_json.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::testing {

inline plugin::Manifest sample_manifest(const std::string& name = "sample") {
  plugin::Manifest manifest;
  manifest.library = name + ".pedigree.so";
  manifest.id = "org.example." + name;
  manifest.version = "1.2.3";
  manifest.vendor = "Example Labs";
  manifest.license = "MIT";
  manifest.homepage = "https://example.org";
  manifest.sha256 = std::string(64, 'a');
  plugin::AnalyzerManifest analyzer;
  analyzer.id = name + ".cosine";
  analyzer.summary = "Compares directions.";
  analyzer.family = Family::weight;
  analyzer.flags = 1 | 4;  // deterministic, heavy
  analyzer.signals = {{name + ".similarity", "fraction", "Mean cosine.", -1, 1}};
  analyzer.roles = {"weights"};
  analyzer.config_schema = nlohmann::json::parse(
      R"({"type":"object","properties":{"threshold":{"type":"number","default":0.9,"description":"Cosine."}}})");
  manifest.analyzers = {analyzer};
  manifest.messages = {{"similar", {{"en", "similar"}, {"ko", "비슷함"}}}};
  return manifest;
}

/// Writes a library of arbitrary bytes and its manifest into `folder`; returns the manifest's path.
inline std::filesystem::path install(const TemporaryFolder& folder, const std::string& name,
                                     const std::string& below = "") {
  const std::string bytes = "library " + name;
  auto manifest = sample_manifest(name);
  manifest.sha256 = sha256_hex(bytes);
  folder.write(below + name + ".pedigree.so", bytes);
  return folder.write(below + name + ".pedigree.json", plugin::to_json(manifest).dump());
}

}  // namespace pedigree::testing
