// SPDX-License-Identifier: MIT
// The JSON of a safetensors header, read as a stream into raw entries; no checks against the file yet.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/result.hpp"

namespace pedigree::io {

/// One entry as written.
struct RawTensor {
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

struct RawHeader {
  std::vector<RawTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads the text of a header. Errors: ST_HEADER_JSON (syntax, encoding, a field missing or twice),
/// ST_METADATA, ST_SHAPE, ST_OFFSET_TYPE, each with its byte in the file (`base` is added).
Result<RawHeader> parse_safetensors_json(std::string_view text, std::uint64_t base, const std::string& file);

}  // namespace pedigree::io
