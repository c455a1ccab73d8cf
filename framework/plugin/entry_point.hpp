// SPDX-License-Identifier: MIT
// From the C descriptor that a loaded plugin returns to the manifest the host works with.
#pragma once

#include "framework/plugin/manifest.hpp"
#include "pedigree/abi.h"

namespace pedigree::plugin {

/// Copies the descriptor; `library`, `sha256` and `messages` of the result stay empty. Sizes, counts and texts are
/// checked before use, the result by broken_rule(). A pointer that is wild is beyond checking: call this in a worker.
/// Error: DESCRIPTOR_INVALID (place = the field).
io::Result<Manifest> manifest_of(const pedigree_plugin& plugin);

/// The analyzer `id` of a descriptor that manifest_of() accepted; nullptr when there is none.
const pedigree_analyzer* analyzer_of(const pedigree_plugin& plugin, const std::string& id);

}  // namespace pedigree::plugin
