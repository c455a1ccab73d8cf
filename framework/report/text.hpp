// SPDX-License-Identifier: MIT
// Text on a character grid: widths, wrapping, and making foreign text harmless.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::report {

/// Text from models, files and plugins made safe to print: control characters, escape sequences,
/// direction marks and other invisible characters become visible as \x1b or \u202e; bytes that are
/// not UTF-8 become U+FFFD; line breaks and tabs become spaces.
std::string harmless(std::string_view text);
/// True when the text is harmless as it is: printable ASCII.
bool is_plain(std::string_view text);

/// The same text in ASCII: what has a plain look-alike gets it, the rest becomes '?'.
std::string to_ascii(std::string_view text);

/// Columns a terminal needs: 2 for Hangul, Han and other wide characters, 0 for combining marks.
/// Our own colour codes take none; foreign ones do not exist in harmless text.
int display_width(std::string_view text);

/// At most `width` columns; what is cut is shown by an ellipsis. `middle` keeps both ends.
std::string clip(std::string_view text, int width, bool middle = false);

/// Padded with spaces to `width` columns; longer text is returned as it is.
std::string pad(std::string_view text, int width);
std::string pad_left(std::string_view text, int width);

/// Lines of at most `width` columns, broken at spaces; a word that is too long is broken anywhere.
std::vector<std::string> wrap(std::string_view text, int width);

}  // namespace pedigree::report
