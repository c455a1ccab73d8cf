// SPDX-License-Identifier: MIT
#include "tests/support/shared_data.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace pedigree::testing {
namespace fs = std::filesystem;

fs::path source_path(const std::string& relative) { return fs::path{PEDIGREE_SOURCE_DIR} / relative; }

std::optional<fs::path> shared_folder() {
  const char* named = std::getenv("PEDIGREE_SHARED");
  const fs::path folder = named != nullptr ? fs::path{named} : source_path("../shared");
  if (!fs::exists(folder / "unpack")) return std::nullopt;
  return fs::canonical(folder);
}

std::optional<fs::path> unpacked_folder() {
  if (const char* named = std::getenv("PEDIGREE_SHARED_UNPACKED"); named != nullptr && fs::is_directory(named))
    return fs::path{named};
  const auto shared = shared_folder();
  if (!shared) return std::nullopt;
  FILE* pipe = ::popen(("'" + (*shared / "unpack").string() + "'").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string line;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) line += buffer.data();
  const bool good = ::pclose(pipe) == 0;
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  if (!good || !fs::is_directory(line)) return std::nullopt;
  return fs::path{line};
}

}  // namespace pedigree::testing
