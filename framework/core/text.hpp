// SPDX-License-Identifier: MIT
// Small facts about text. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree {

/// True when the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view bytes);

/// The same bytes, each ill-formed one replaced by U+FFFD; for showing what cannot be trusted.
std::string to_utf8(std::string_view bytes);

/// Insertions, deletions, substitutions and swaps of neighbours, each 1 (optimal string alignment distance), counted in
/// bytes. O(a*b); both sides are cut to 256 bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "a, b, c"; of more than `most`, the first and "...".
std::string joined(const std::vector<std::string>& words, std::size_t most = static_cast<std::size_t>(-1));

}  // namespace pedigree
