// SPDX-License-Identifier: MIT
// lineage_benchmark ZOO_DIR [MODEL]: every pair of ZOO_DIR/pairs.csv (or one model's pairs) through
// weight.lineage; prints the table. Exit code 1 when a pair is judged wrongly.
#include <cstring>
#include <exception>
#include <iostream>
#include <map>

#include "tests/lineage/baselines.hpp"
#include "tests/lineage/table.hpp"

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: lineage_benchmark ZOO_DIR [MODEL]\n";
    return 2;
  }
  const std::filesystem::path zoo = argv[1];
  std::map<std::string, std::vector<pedigree::lineage::Pair>> by_model;
  std::vector<pedigree::lineage::Pair> pairs;
  for (const auto& pair : pedigree::lineage::read_pairs(zoo / "pairs.csv")) {
    if (argc == 3 && pair.model != argv[2]) continue;
    pairs.push_back(pair);
    by_model[pair.model].push_back(pair);
  }
  std::vector<pedigree::lineage::Measured> measured;
  for (const auto& [model, theirs] : by_model)
    for (auto& m : pedigree::lineage::measure(zoo, model, theirs, 2)) measured.push_back(std::move(m));
  pedigree::lineage::print(std::cout, measured);
  const auto naive = pedigree::lineage::baselines(zoo, pairs);
  print_baseline(std::cout, "mean raw cosine, same names", pairs, naive.raw_cosine);
  print_baseline(std::cout, "norm-gain cosine", pairs, naive.gain_cosine);
  for (const auto& m : measured)
    if (!m.correct()) return 1;
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 2;
}
