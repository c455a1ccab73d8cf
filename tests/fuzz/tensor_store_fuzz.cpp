// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// A model in one safetensors file: quantised weights find their scales or are not read, every readable
// tensor gives its values, and a part of it gives the same values as the whole.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/tensor_role.hpp"
#include "pedigree/io/tensor_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pedigree;
  Artifact artifact;
  artifact.model = "fuzz";
  artifact.role = io::role::kWeights;
  artifact.name = "model.safetensors";
  artifact.bytes = {reinterpret_cast<const char*>(data), size};
  const auto store = io::TensorStore::open(std::span{&artifact, 1});
  if (!store) {
    if (store.error().code.empty()) std::abort();
    return 0;
  }
  if (io::tensor_roles(*store).roles.size() != store->tensors().size()) std::abort();
  for (const auto& tensor : store->tensors()) {
    if (tensor.dtype == io::Dtype::kOpaque) {  // its shape says nothing that could be checked
      if (tensor.readable()) std::abort();
      continue;
    }
    if (tensor.elements > 2 * size) std::abort();
    std::vector<float> whole(static_cast<std::size_t>(tensor.elements));
    const bool read = store->read_floats(tensor, 0, whole).ok();
    if (read != tensor.readable()) std::abort();
    const std::size_t block = io::dtype_facts(tensor.dtype).block_elements;
    if (!read || whole.size() < 3 * block) continue;
    const std::size_t first = whole.size() / 3 / block * block;
    std::vector<float> part(first);
    if (!store->read_floats(tensor, first, part).ok()) std::abort();
    if (std::memcmp(part.data(), whole.data() + first, part.size() * sizeof(float)) != 0) std::abort();
  }
  return 0;
}
