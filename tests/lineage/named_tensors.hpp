// SPDX-License-Identifier: MIT
// A small model's tensors as floats, by name.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pedigree::lineage {

struct NamedTensor {
  std::vector<float> values;
  std::size_t rows = 0, columns = 0;  ///< a vector has one row
};

/// Every tensor of a folder's safetensors and GGUF files, or of one file. Empty when nothing can be read.
std::map<std::string, NamedTensor> read_tensors(const std::filesystem::path& model);

/// True for gains of norms, by their names.
bool is_gain(const std::string& name);

}  // namespace pedigree::lineage
