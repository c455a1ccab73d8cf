// SPDX-License-Identifier: MIT
// The project's own sources and what each includes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace pedigree::structure {

struct SourceFile {
  std::string path;  ///< relative to the project, "framework/core/digest.cpp"
  int lines = 0;
  std::vector<std::string> includes;  ///< as written, without quotes or brackets
  std::string text;
};

/// Every .hpp, .cpp and .h below the given top folders.
std::vector<SourceFile> read_sources(const std::vector<std::string>& folders);

/// framework module -> modules it links, directly or through others (framework/CMakeLists.txt).
std::map<std::string, std::set<std::string>> framework_links();

}  // namespace pedigree::structure
