// SPDX-License-Identifier: MIT
// The style sheet and the one script of the page: page.css and page.js, embedded by framework/report/report.cmake.
#pragma once

#include <string_view>

namespace pedigree::report::html {

std::string_view style_sheet();
std::string_view script();

}  // namespace pedigree::report::html
