// SPDX-License-Identifier: MIT
// The style sheet and the one script of the HTML report; framework/report/html/page.css and page.js.
#pragma once

#include <string_view>

namespace pedigree::report::html {

std::string_view style_sheet();
std::string_view script();

}  // namespace pedigree::report::html
