// SPDX-License-Identifier: MIT
// A compact signature of a public vocabulary: sorted hashes of its core tokens with their places, so
// that an ancestor can be named without its file. Hashes, not tokens: the vocabulary cannot be read back.
// File format: docs/reference/signatures.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/result.hpp"
#include "pedigree/io/tokenizer_reader.hpp"

namespace pedigree::io {

/// No signature is larger.
inline constexpr std::size_t kLargestSignature = std::size_t{512} << 10;

/// What the signature says about itself.
struct SignatureLabel {
  std::string name;    ///< short and stable: "cl100k", "llama-2"
  std::string title;   ///< for people: "OpenAI cl100k_base (GPT-3.5, GPT-4)"
  std::string source;  ///< provenance: file name and SHA-256 of what it was made from
};

/// A decoded signature.
struct Signature {
  static constexpr std::uint32_t kNoPlace = 0xFFFFFFFFu;
  struct Entry {
    std::uint64_t prefix;  ///< the upper hash_bits of token_hash()
    std::uint32_t place;   ///< rank of its id among the core tokens; kNoPlace where only membership is kept
  };
  SignatureLabel label;
  std::uint32_t core_tokens = 0;
  unsigned hash_bits = 0;
  unsigned sample_bits = 0;  ///< places are kept where the prefix ends in this many zero bits
  bool byte_level = false;
  std::vector<Entry> entries;  ///< ascending prefix
};

/// Serialises the core vocabulary. Errors: SIG_SIZE when no setting fits kLargestSignature (about
/// 400,000 tokens), SIG_EMPTY. Same input, same bytes.
Result<std::string> make_signature(const Tokenizer& tokenizer, const SignatureLabel& label);

/// Reads the file in any format and serialises it; an empty `source` becomes "NAME sha256:...".
/// Errors as above and those of read_tokenizer().
Result<std::string> make_signature(NamedBytes file, SignatureLabel label);

/// Decodes. Errors: SIG_MAGIC, SIG_TRUNCATED, SIG_SIZE.
Result<Signature> read_signature(NamedBytes file);

}  // namespace pedigree::io
