// SPDX-License-Identifier: MIT
#include "tests/lineage/pairs.hpp"

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace pedigree::lineage {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) {
    while (!cell.empty() && (cell.back() == '\r' || cell.back() == '"')) cell.pop_back();
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace

std::vector<Pair> read_pairs(const std::filesystem::path& csv) {
  std::ifstream in(csv);
  std::string line;
  if (!std::getline(in, line)) throw std::runtime_error("cannot read " + csv.string());
  std::map<std::string, std::size_t> column;
  for (const auto& name : cells_of(line)) column.emplace(name, column.size());
  for (const char* needed : {"model", "base", "label", "kind"})
    if (!column.contains(needed)) throw std::runtime_error(csv.string() + " has no column " + needed);
  std::vector<Pair> pairs;
  while (std::getline(in, line)) {
    const auto cells = cells_of(line);
    if (cells.size() < column.size()) continue;
    pairs.push_back({cells[column["model"]], cells[column["base"]], cells[column["label"]], cells[column["kind"]]});
  }
  return pairs;
}

}  // namespace pedigree::lineage
