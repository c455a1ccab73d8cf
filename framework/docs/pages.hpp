// SPDX-License-Identifier: MIT
// Which pages a set of reports makes, and each page's new text. Pure: reading and writing files is the caller's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/core/diagnostic.hpp"

namespace pedigree::docs {

enum class Kind { overview, method, model, tutorial };

/// One page below the documentation's folder. English pages end in .md, Korean ones in .ko.md.
struct Page {
  Kind kind = Kind::overview;
  std::string path;           ///< "models/vaetki.ko.md"
  std::string template_path;  ///< of the page a missing one is made from, below the shipped documentation
  std::string lang;
  std::string family;      ///< of a method's page
  std::size_t report = 0;  ///< of a model's page: index of its report
};

/// The pages of these reports, in the order of their paths. Two reports that ask for the same page, or none at all,
/// are told (PED-D004); `names` says where each report came from.
std::vector<Page> pages_of(const std::vector<nlohmann::json>& reports, const std::vector<std::string>& names,
                           Diagnostics& problems);

/// The page with its facts filled in. `file` names it in problems: a marker that is missing (PED-D001), doubled
/// (PED-D002), not understood or unknown on such a page (PED-D003). Nothing after a problem.
std::optional<std::string> fill_page(const Page& page, std::string_view text, const std::string& file,
                                     const std::vector<nlohmann::json>& reports, Diagnostics& problems);

}  // namespace pedigree::docs
