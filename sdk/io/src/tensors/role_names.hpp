// SPDX-License-Identifier: MIT
// The table of names: one line per spelling, and the words that mark a component.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "pedigree/io/tensor_role.hpp"

namespace pedigree::io {

/// Where a spelling counts.
enum class Where : std::uint8_t { kAnywhere, kInLayer, kOutside };

/// `suffix` is matched against the last words of a name (numbers written '#', the trailing
/// weight/bias word dropped); the longest suffix that fits wins.
struct NameRule {
  std::string_view suffix;
  Role role;
  Layout layout = Layout::kPlain;
  Where where = Where::kAnywhere;
};

std::span<const NameRule> name_rules();

/// A word of a name (between dots) that puts the tensor into a component. Later words win, so that
/// visual.merger is a projector.
struct ComponentWord {
  std::string_view word;
  Component component;
};

std::span<const ComponentWord> component_words();

}  // namespace pedigree::io
