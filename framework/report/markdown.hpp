// SPDX-License-Identifier: MIT
// Markdown that stays what it is meant to be, whatever foreign text goes into it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::report::markdown {

/// Text of models, files and plugins: no markup, no HTML, no table break, no marker of `docs update`, no link that
/// appears by itself and nobody called; one line.
std::string plain(std::string_view text);

/// A GitHub table, without the last line end; the first row is its head. Cells are Markdown already, an empty one gets
/// a dash.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// Text in a code block that its content cannot close. What would be a marker of `docs update` is broken up.
std::string fenced(std::string_view text);

}  // namespace pedigree::report::markdown
