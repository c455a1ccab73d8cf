// SPDX-License-Identifier: MIT
// Which of a model's files hold its tensors, and those tensors, each exactly once.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "pedigree/io/byte_source.hpp"
#include "pedigree/io/tensor_store.hpp"
#include "scaled_weights.hpp"

namespace pedigree::io {

struct StoreFiles {
  std::vector<ByteSource> sources;  ///< TensorInfo::file is an index into these
  std::vector<TensorInfo> tensors;  ///< by file, then by offset; no name twice
  ScalePlans scales;                ///< of tensors with Storage::kScaled
  std::vector<Notice> notices;
  bool gguf = false;
  std::string architecture;  ///< general.architecture, for GGUF
  bool partial = false;      ///< a shard or a tensor that should be there is not
};

/// Files are grouped by folder. A folder with an index uses the shards it names and nothing else;
/// one without uses every safetensors file. A file that only repeats tensors seen before
/// (consolidated.safetensors, original/) is left out. GGUF is used when no safetensors file is
/// readable; of several GGUF models in one folder the largest is taken. What was left out, and why,
/// is in `notices`. Errors: as TensorStore::open.
Result<StoreFiles> open_store_files(std::span<const Artifact> artifacts);

}  // namespace pedigree::io
