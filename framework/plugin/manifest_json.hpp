// SPDX-License-Identifier: MIT
// NAME.pedigree.json: the manifest as text (schema: manifest_schema.hpp). Pure, thread-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "framework/plugin/manifest.hpp"

namespace pedigree::plugin {

inline constexpr std::string_view kManifestSuffix = ".pedigree.json";
inline constexpr std::string_view kLibrarySuffix = ".pedigree.so";
inline constexpr std::size_t kMaxManifestBytes = std::size_t{16} << 20;

/// The whole manifest; `library` becomes the file name only.
nlohmann::json to_json(const Manifest& manifest);

/// What the library says of itself: to_json without library, sha256 and messages. Two manifests describe the same
/// plugin when these are equal.
nlohmann::json descriptor_json(const Manifest& manifest);

/// Reads a manifest. `library` of the result is the file name in the text. Every fact is checked as it is for a library
/// (rules.hpp). `file` is named in errors. Errors: those of io::parse_json, MANIFEST_INVALID (place = JSON pointer).
io::Result<Manifest> parse_manifest(std::string_view text, const std::string& file);

/// Reads a message catalogue: an object of keys, each an object of languages with "en" among them.
/// Errors: those of io::parse_json, MESSAGES_INVALID (place = JSON pointer).
io::Result<nlohmann::json> parse_messages(std::string_view text, const std::string& file);

}  // namespace pedigree::plugin
