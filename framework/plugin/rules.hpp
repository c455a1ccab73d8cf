// SPDX-License-Identifier: MIT
// What a plugin may say of itself: identifiers, versions, ranges. One place for manifests and libraries.
#pragma once

#include <string>
#include <string_view>

#include "framework/plugin/manifest.hpp"

namespace pedigree::plugin {

/// Lower-case letters, digits, '.', '-' and '_', starting with a letter, at most 128 bytes.
bool is_identifier(std::string_view text);
/// MAJOR.MINOR.PATCH with the optional tails of Semantic Versioning 2.0.0.
bool is_semantic_version(std::string_view text);

/// The first fact of `manifest` that breaks a rule, as a sentence; empty when all hold: identifiers well-formed and
/// unique, version semantic, licence present, text valid UTF-8 and at most 64 KiB, every analyzer with a signal, ranges
/// finite with minimum < maximum, every option with a type and a default.
std::string broken_rule(const Manifest& manifest);

}  // namespace pedigree::plugin
