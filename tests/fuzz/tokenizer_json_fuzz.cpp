// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// tokenizer.json, tekken.json and vocab.json: either an error with a code or a consistent vocabulary.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pedigree/io/tokenizer_merges.hpp"
#include "pedigree/io/tokenizer_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto tokenizer = pedigree::io::read_tokenizer({"fuzz", bytes});
  if (!tokenizer.ok()) {
    if (tokenizer.error().code.empty()) std::abort();
    return 0;
  }
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < tokenizer->size(); ++i) {
    if (i > 0 && tokenizer->id(i) <= last) std::abort();  // ids ascend, each once
    last = tokenizer->id(i);
    const bool fallback = tokenizer->kind(i) == pedigree::io::TokenKind::kByte;
    if (tokenizer->is_core(i) && tokenizer->find(tokenizer->bytes(i), fallback) != i) std::abort();
  }
  for (const auto& merge : pedigree::io::canonical_merges(*tokenizer))
    if (merge.split == 0 || merge.split >= tokenizer->bytes(merge.token).size()) std::abort();
  return 0;
}
