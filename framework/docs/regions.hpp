// SPDX-License-Identifier: MIT
// Marked regions of a Markdown page: what stands between two markers is ours, everything else is the author's.
//
//   There are <!-- pedigree:begin model-count -->5<!-- pedigree:end model-count --> models.
//
// A pair on lines of its own holds a block, a pair within a line holds a few words.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/diagnostic.hpp"

namespace pedigree::docs {

/// One pair of markers. Offsets are bytes of the page.
struct Region {
  std::string name;
  std::size_t begin = 0, end = 0;  ///< what stands between the markers
  int line = 0;                    ///< of the begin marker, from 1
  bool block = false;              ///< the begin marker ends its line
};

/// The regions of a page in their order; markers shown as code are none. At most 100 problems are told. Every problem
/// is told, with the line: a marker that is not understood (PED-D003), a begin without its end and the reverse
/// (PED-D001), a name that stands twice (PED-D002).
std::vector<Region> find_regions(std::string_view page, const std::string& file, Diagnostics& problems);

/// What goes between a pair of markers.
struct Fact {
  std::string text;
  bool block = false;  ///< has lines of its own whatever the markers' place
};

/// The page with every region's content replaced by `fact_of(name)`; all other bytes are kept. A page
/// whose first line ends with CR LF gets such line ends in its regions.
std::string replace_regions(std::string_view page, const std::vector<Region>& regions,
                            const std::function<Fact(const std::string&)>& fact_of);

}  // namespace pedigree::docs
