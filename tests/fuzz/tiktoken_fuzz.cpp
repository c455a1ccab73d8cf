// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// tiktoken lines and signatures: either an error with a code, or a vocabulary whose signature reads back.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "pedigree/io/tokenizer_signature.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view given{reinterpret_cast<const char*>(data), size};
  const auto direct = pedigree::io::read_signature({"fuzz", given});
  if (!direct.ok() && direct.error().code.empty()) std::abort();
  const std::string bytes = "IQ== 0\n" + std::string{given};  // the first line makes it tiktoken
  const auto tokenizer = pedigree::io::read_tokenizer({"fuzz", bytes});
  if (!tokenizer.ok()) {
    if (tokenizer.error().code.empty()) std::abort();
    return 0;
  }
  const auto made = pedigree::io::make_signature(*tokenizer, {"f", "F", "fuzz"});
  if (!made.ok()) return 0;
  const auto read = pedigree::io::read_signature({"fuzz", *made});
  if (!read.ok() || read->entries.size() != tokenizer->core_count()) std::abort();
  return 0;
}
