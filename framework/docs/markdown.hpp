// SPDX-License-Identifier: MIT
// Markdown that stays what it is meant to be, whatever foreign text goes into it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::docs {

/// Text of models, files and plugins: no markup, no HTML, no table break, no marker of ours, one line.
std::string plain(std::string_view text);

/// A GitHub table; the first row is its head. Cells are Markdown already.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// Text in a code block that its content cannot close. What would be a marker of ours is broken up.
std::string fenced(std::string_view text);

}  // namespace pedigree::docs
