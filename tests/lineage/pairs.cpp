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
    const std::string model = cells[column["model"]], base = cells[column["base"]];
    const auto models = csv.parent_path() / "models";
    pairs.push_back({model, base, models / model, models / base, cells[column["label"]], cells[column["kind"]]});
  }
  return pairs;
}

std::vector<Pair> read_manifest(const std::filesystem::path& file) {
  const std::map<std::string, std::string> relations{{"derived", "yes"},
                                                     {"yes", "yes"},
                                                     {"identical", "yes"},
                                                     {"partial", "partial"},
                                                     {"shared_initialization", "shared_init"},
                                                     {"shared_init", "shared_init"},
                                                     {"independent", "no"},
                                                     {"no", "no"},
                                                     {"none", "no"}};
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::vector<Pair> pairs;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::stringstream words(line);
    std::string model, base, relation, kind;
    if (!(words >> model) || model.front() == '#') continue;
    words >> base >> relation >> kind;
    const auto known = relations.find(relation);
    if (known == relations.end())
      throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": relation '" + relation +
                               "', expected derived, partial, shared_initialization or independent");
    const auto model_path = file.parent_path() / model, base_path = file.parent_path() / base;
    for (const auto& path : {model_path, base_path})
      if (!std::filesystem::exists(path))
        throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": no such model " + path.string());
    const auto name = [](const std::filesystem::path& path) { return path.filename().string(); };
    pairs.push_back({name(model_path), name(base_path), model_path, base_path, known->second, kind});
  }
  return pairs;
}

std::vector<std::vector<Pair>> by_model(const std::vector<Pair>& pairs) {
  std::vector<std::vector<Pair>> out;
  std::map<std::filesystem::path, std::size_t> at;
  for (const auto& pair : pairs) {
    const auto [found, added] = at.emplace(pair.model_path, out.size());
    if (added) out.emplace_back();
    out[found->second].push_back(pair);
  }
  return out;
}

}  // namespace pedigree::lineage
