// SPDX-License-Identifier: MIT
// pairs.csv of a zoo: which model was compared with which base, and what is true.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pedigree::lineage {

struct Pair {
  std::string model, base;
  std::string label;  ///< yes partial no shared_init
  std::string kind;   ///< finetune_light, laundered:rotate, ...
  bool related() const { return label == "yes" || label == "partial"; }
};

/// Reads the columns model, base, label and kind, wherever they stand. Throws std::runtime_error
/// when the file or a column is missing.
std::vector<Pair> read_pairs(const std::filesystem::path& csv);

}  // namespace pedigree::lineage
