// SPDX-License-Identifier: MIT
// lineage_benchmark ZOO_DIR [MODEL] | --manifest FILE [MODEL]: every pair (or one model's) through
// weight.lineage; prints the table. Exit code 1 when a pair is judged wrongly. See README.md.
#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "tests/lineage/table.hpp"

namespace {
using namespace pedigree::lineage;

int run(std::vector<std::string> words) {
  bool all = false;
  std::erase_if(words, [&](const auto& word) { return word == "--all" && (all = true); });
  unsigned units = 0;
  if (const auto at = std::find(words.begin(), words.end(), "--units"); at != words.end() && at + 1 != words.end()) {
    units = static_cast<unsigned>(std::stoul(at[1]));
    words.erase(at, at + 2);
  }
  const bool manifest = !words.empty() && words.front() == "--manifest";
  if (manifest) words.erase(words.begin());
  if (words.empty() || words.size() > 2) {
    std::cerr << "usage: lineage_benchmark ZOO_DIR [MODEL] [--all] [--units N]\n"
                 "       lineage_benchmark --manifest FILE [MODEL] [--all] [--units N]\n"
                 "FILE has lines `subject reference relation [kind]`, paths relative to it; relations: derived partial "
                 "shared_initialization independent\n";
    return 2;
  }
  const std::filesystem::path source = words.front();
  std::vector<Pair> pairs = manifest ? read_manifest(source) : read_pairs(source / "pairs.csv");
  if (words.size() == 2) std::erase_if(pairs, [&](const auto& pair) { return pair.model != words.back(); });
  std::vector<Measured> measured;
  for (const auto& theirs : by_model(pairs)) {
    for (auto& m : measure(theirs, 2, units)) measured.push_back(std::move(m));
    std::cerr << '\r' << measured.size() << " of " << pairs.size() << " pairs" << std::flush;
  }
  std::cerr << '\n';
  print(std::cout, measured, all);
  print_baselines(std::cout, pairs);
  for (const auto& m : measured)
    if (!m.correct()) return 1;
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run({argv + 1, argv + argc}); } catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 2;
}
