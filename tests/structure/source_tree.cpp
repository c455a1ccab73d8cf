// SPDX-License-Identifier: MIT
#include "tests/structure/source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace pedigree::structure {
namespace fs = std::filesystem;
namespace {

std::string read(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<std::string> includes_of(const std::string& text) {
  static const std::regex pattern{R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])"};
  std::vector<std::string> found;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.find("include") != std::string::npos && std::regex_search(line, match, pattern)) found.push_back(match[1]);
  }
  return found;
}

}  // namespace

std::vector<SourceFile> read_sources(const std::vector<std::string>& folders) {
  const fs::path root{PEDIGREE_SOURCE_DIR};
  std::vector<SourceFile> found;
  for (const auto& folder : folders)
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".hpp" && extension != ".cpp" && extension != ".h")) continue;
      SourceFile file;
      file.path = fs::relative(entry.path(), root).generic_string();
      file.text = read(entry.path());
      file.lines = static_cast<int>(std::count(file.text.begin(), file.text.end(), '\n'));
      file.includes = includes_of(file.text);
      found.push_back(std::move(file));
    }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return found;
}

std::map<std::string, std::set<std::string>> framework_links() {
  const std::string text = read(fs::path{PEDIGREE_SOURCE_DIR} / "framework/CMakeLists.txt");
  static const std::regex call{R"(pedigree_module\((\w+)\s+LINK([^)]*)\))"};
  static const std::regex module{R"(pedigree_(\w+))"};
  std::map<std::string, std::set<std::string>> links;
  for (std::sregex_iterator it{text.begin(), text.end(), call}, end; it != end; ++it) {
    const std::string arguments = (*it)[2];
    auto& own = links[(*it)[1]];
    for (std::sregex_iterator m{arguments.begin(), arguments.end(), module}; m != end; ++m) own.insert((*m)[1]);
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (auto& [name, own] : links)
      for (const auto& direct : std::set<std::string>{own})
        if (const auto found = links.find(direct); found != links.end())
          for (const auto& further : found->second) grew |= own.insert(further).second;
  }
  return links;
}

}  // namespace pedigree::structure
