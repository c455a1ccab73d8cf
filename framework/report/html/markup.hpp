// SPDX-License-Identifier: MIT
// HTML and SVG text. Every value passes through escape(); tags are ours alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::report::html {

/// Text made safe inside elements and quoted attributes: markup characters become references,
/// control and direction characters become visible, broken UTF-8 is replaced.
std::string escape(std::string_view text);

/// A number for SVG coordinates: two decimals.
std::string at(double value);

/// A table of text cells (escaped here); the first row is the head.
std::string table(const std::vector<std::vector<std::string>>& rows, std::string_view css_class = {});

/// A figure with its caption and the data behind it as a table that opens on demand.
std::string figure(std::string_view title, std::string_view caption, const std::string& svg,
                   const std::vector<std::vector<std::string>>& data, std::string_view data_label);

/// Base64 of a SHA-256 given as 64 hexadecimal digits, for a Content-Security-Policy.
std::string base64_of_hex(std::string_view hex);

}  // namespace pedigree::report::html
