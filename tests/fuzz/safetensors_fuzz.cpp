// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// A safetensors file: either an error with a code, or tensors that lie inside the file.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "pedigree/io/safetensors.hpp"
#include "pedigree/io/tensor_role.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pedigree::io;
  const auto header = read_safetensors_header(ByteSource{"fuzz.safetensors", std::as_bytes(std::span{data, size})});
  if (!header) {
    if (header.error().code.empty() || header.error().message.empty()) std::abort();
    return 0;
  }
  std::uint64_t end = 0;
  for (const auto& tensor : header->tensors) {
    if (tensor.offset < end || tensor.offset + tensor.bytes > size) std::abort();
    end = tensor.offset + tensor.bytes;
  }
  const auto roles = tensor_roles(header->tensors, false);
  if (roles.roles.size() != header->tensors.size()) std::abort();
  return 0;
}
