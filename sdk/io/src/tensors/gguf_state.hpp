// SPDX-License-Identifier: MIT
// The checked head of a GGUF file.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "pedigree/io/gguf.hpp"

namespace pedigree::io {

struct GgufHead {
  std::vector<std::byte> bytes;  ///< from the file's start to behind the tensor descriptions at least
  std::uint32_t version = 0, alignment = 32;
  std::vector<GgufEntry> entries;
  std::unordered_map<std::string, std::size_t> by_key;
  std::vector<TensorInfo> tensors;
  std::vector<Notice> notices;
  bool truncated = false;
};

/// Reads and checks everything in front of the data. Errors: as GgufFile::open.
Result<std::unique_ptr<GgufHead>> read_gguf_head(const ByteSource& source);

}  // namespace pedigree::io
