// SPDX-License-Identifier: MIT
// Merge rules that can be compared: one split per token, whatever list the file carries.
#pragma once

#include <cstddef>
#include <vector>

#include "pedigree/io/tokenizer.hpp"

namespace pedigree::io {

/// One merge per token, by ascending rank: the last merge that ranked BPE makes when it builds the
/// token from letters with the rules of lower rank only. A file that lists each token once is taken
/// at its word; a file that lists every split of a token (what converters from tiktoken and
/// SentencePiece write) or none is recomputed. Tokens that BPE cannot reach, and those of more than
/// 256 letters, are left out. Empty for models that are not BPE.
/// Source: methods.md section 4.1, statistic 5.
std::vector<Merge> canonical_merges(const Tokenizer& tokenizer);

/// The first `limit` merges of the list that the tiktoken converter of `transformers` writes: for
/// each token by rank every split into two known tokens, ordered by the ranks of the parts. It is how
/// Llama-3 comes to 280,147 merges for 127,744 tokens. Only for tokenizers without a listing of their own.
std::vector<Merge> every_split(const Tokenizer& tokenizer, std::size_t limit);

}  // namespace pedigree::io
