// SPDX-License-Identifier: MIT
// The header of one safetensors file, and the index of a sharded model (docs/reference/formats.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pedigree/io/byte_source.hpp"
#include "pedigree/io/result.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::io {

/// What the header says, checked against the file: tensors in the order of their bytes, no overlap,
/// no hole, nothing behind the last one.
struct SafetensorsHeader {
  std::vector<TensorInfo> tensors;              ///< offsets are positions in the file; `file` is 0
  std::map<std::string, std::string> metadata;  ///< __metadata__, each value cut to 64 KiB
  std::vector<Notice> notices;                  ///< unknown dtypes, a very large header
};

/// Largest header that is read (the reference implementation's limit).
inline constexpr std::uint64_t kMaximumSafetensorsHeader = 100'000'000;

/// Reads and checks a header. Memory: about three times the header. Errors: ST_TOO_SMALL,
/// ST_HEADER_LEN, ST_HEADER_TOO_LARGE, ST_HEADER_JSON, ST_METADATA, ST_DTYPE, ST_SHAPE,
/// ST_OFFSET_TYPE, ST_OVERFLOW, ST_SIZE_MISMATCH, ST_OVERLAP, ST_HOLE, ST_TRAILING, ST_TRUNCATED,
/// ST_DUPLICATE, and LFS_POINTER, HTML_PAGE, UNSUPPORTED_PICKLE for a file that is something else.
Result<SafetensorsHeader> read_safetensors_header(const ByteSource& source);

/// A shard index: which file holds each tensor.
struct SafetensorsIndex {
  std::vector<std::pair<std::string, std::string>> weight_map;  ///< (tensor, file), sorted by tensor
  std::vector<Notice> notices;                                  ///< INDEX_TOTAL_SIZE: missing, not an integer
  std::uint64_t total_size = 0;                                 ///< 0 when the index does not say
};

/// Reads model.safetensors.index.json. Errors: INDEX_JSON, INDEX_PATH (a name that is no plain file
/// name), and those of read_safetensors_header for a file that is something else.
Result<SafetensorsIndex> read_safetensors_index(const ByteSource& source);

}  // namespace pedigree::io
