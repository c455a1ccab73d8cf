// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// SentencePiece models: either an error with a code or a vocabulary numbered by place.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "pedigree/io/tokenizer_merges.hpp"
#include "pedigree/io/tokenizer_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A piece in front makes the reader take what follows for protobuf.
  static constexpr char kPiece[] = "\x0A\x03\x0A\x01q";
  std::string bytes(kPiece, 5);
  bytes.append(reinterpret_cast<const char*>(data), size);
  const auto tokenizer = pedigree::io::read_tokenizer({"fuzz", bytes});
  if (!tokenizer.ok()) {
    if (tokenizer.error().code.empty()) std::abort();
    return 0;
  }
  for (std::size_t i = 0; i < tokenizer->size(); ++i)
    if (tokenizer->id(i) != i) std::abort();
  pedigree::io::canonical_merges(*tokenizer);
  return 0;
}
