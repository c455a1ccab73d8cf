// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// A GGUF file: either an error with a code, or metadata that can be read by every typed access and
// tensors that lie inside the file unless it says that it is cut off.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "pedigree/io/convert.hpp"
#include "pedigree/io/gguf.hpp"
#include "pedigree/io/tensor_role.hpp"

namespace {

void read_all(const pedigree::io::GgufFile& file) {
  for (const auto& entry : file.entries()) {
    static_cast<void>(file.integer(entry.key));
    static_cast<void>(file.number(entry.key));
    static_cast<void>(file.boolean(entry.key));
    if (const auto text = file.text(entry.key); text && text->size() > entry.bytes) std::abort();
    const auto texts = file.texts(entry.key);
    if (texts.ok() && texts->size() != entry.count) std::abort();
    const auto integers = file.integers(entry.key);
    if (integers.ok() && integers->size() != entry.count) std::abort();
    static_cast<void>(file.numbers(entry.key).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pedigree::io;
  const auto bytes = std::as_bytes(std::span{data, size});
  const auto file = GgufFile::open(ByteSource{"fuzz.gguf", bytes});
  if (!file) {
    if (file.error().code.empty() || file.error().message.empty()) std::abort();
    return 0;
  }
  read_all(*file);
  for (const auto& tensor : file->tensors()) {
    if (file->data_truncated()) continue;
    if (tensor.offset > size || tensor.bytes > size - tensor.offset) std::abort();
    std::vector<float> values(static_cast<std::size_t>(tensor.elements));
    const bool converted = convert_to_float(tensor.dtype, bytes.subspan(tensor.offset, tensor.bytes), values);
    if (converted != is_comparable(tensor.dtype)) std::abort();
  }
  static_cast<void>(tensor_roles(file->tensors(), true, {}, file->architecture()));
  return 0;
}
