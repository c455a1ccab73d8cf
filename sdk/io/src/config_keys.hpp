// SPDX-License-Identifier: MIT
// The alias table of config keys (internal to sdk/io).
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "pedigree/io/config.hpp"

namespace pedigree::io::detail {

/// What a value may be; decides when a value is refused.
enum class KeyKind {
  size,    ///< an integer from 1
  count,   ///< an integer from 0
  number,  ///< a finite number
  text,
  boolean,
};

struct KeyAliases {
  std::string_view name;
  KeyKind kind;
  std::array<std::string_view, 9> aliases;  ///< empty entries are unused; "a/b" descends
};

/// Keys of a decoder (or of a model that is nothing else).
std::span<const KeyAliases> decoder_keys();
/// Keys of a vision or audio encoder.
std::span<const KeyAliases> encoder_keys();

}  // namespace pedigree::io::detail
