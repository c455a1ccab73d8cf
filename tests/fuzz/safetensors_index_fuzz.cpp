// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// A shard index: either an error with a code, or plain file names only.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "pedigree/io/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pedigree::io;
  const auto index = read_safetensors_index(ByteSource{"fuzz.index.json", std::as_bytes(std::span{data, size})});
  if (!index) {
    if (index.error().code.empty()) std::abort();
    return 0;
  }
  for (const auto& [tensor, file] : index->weight_map)
    if (file.empty() || file == ".." || file.find_first_of(std::string_view{"/\\\0", 3}) != std::string::npos)
      std::abort();
  return 0;
}
