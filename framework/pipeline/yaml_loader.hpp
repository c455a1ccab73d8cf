// SPDX-License-Identifier: MIT
// Strict YAML: what yaml-cpp accepts silently and a pipeline must not hold is refused here (docs/decisions/0020).
#pragma once

#include <cstddef>
#include <optional>

#include "framework/pipeline/node.hpp"

namespace pedigree::pipeline {

inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxNodes = 100'000;  ///< after aliases are copied
inline constexpr int kMaxDepth = 32;

/// Parses the text of `findings.source(source)`. Everything wrong is added to `findings`; nothing comes back when the
/// text is no single YAML document. Refused: encodings other than UTF-8, control characters, tabs in indentation,
/// duplicate keys, merge keys, keys that are no plain text, tags, aliases to an unfinished anchor, open quotes, a
/// second document, more than kMaxNodes nodes or kMaxDepth levels. Deterministic; never throws. With `offset` only what
/// follows that many bytes is YAML (the value of an assignment), and nothing at all is null.
std::optional<Node> load_yaml(int source, Findings& findings, std::size_t offset = 0);

}  // namespace pedigree::pipeline
