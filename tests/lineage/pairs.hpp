// SPDX-License-Identifier: MIT
// Which model is compared with which base, and what is true: pairs.csv of a zoo, or a manifest of lines
// `subject reference relation [kind]`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pedigree::lineage {

struct Pair {
  std::string model, base;                      ///< names to print
  std::filesystem::path model_path, base_path;  ///< folders or single files
  std::string label;                            ///< yes partial no shared_init
  std::string kind;                             ///< finetune_light, laundered:rotate, ...
  bool related() const { return label == "yes" || label == "partial"; }
};

/// Reads the columns model, base, label and kind, wherever they stand. Throws std::runtime_error
/// when the file or a column is missing.
std::vector<Pair> read_pairs(const std::filesystem::path& csv);

/// Lines of a manifest; paths are relative to its folder. Relations: derived (or yes), partial,
/// shared_initialization (or shared_init), independent (or no, none). Empty lines and lines with # are
/// left out. Throws std::runtime_error naming file, line and what was expected.
std::vector<Pair> read_manifest(const std::filesystem::path& file);

/// Pairs by model, in the order of their first appearance: one model is read once for all its bases.
std::vector<std::vector<Pair>> by_model(const std::vector<Pair>& pairs);

}  // namespace pedigree::lineage
