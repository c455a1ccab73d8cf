// SPDX-License-Identifier: MIT
// Reads a tokenizer from any of its file formats, decided by content.
#pragma once

#include <span>
#include <string_view>

#include "pedigree/io/result.hpp"
#include "pedigree/io/tokenizer.hpp"

namespace pedigree::io {

/// A file at hand: its name as the user knows it, and its bytes (borrowed).
struct NamedBytes {
  std::string_view name, bytes;
};

/// Reads tokenizer.json, SentencePiece, tiktoken, tekken.json, a bare vocab.json (no merges) or the
/// tokenizer inside a GGUF file. Nothing is executed, no other file is opened.
/// Errors (docs/errors): TOK_EMPTY, TOK_SIZE, TOK_FORMAT, TOK_JSON, TOK_DEPTH, TOK_TYPE, TOK_MISSING,
/// TOK_TOO_MANY, TOK_TOKEN_LENGTH, TOK_ID_RANGE, TOK_DUPLICATE_ID, TOK_DUPLICATE_TOKEN,
/// TOK_MERGE_SYNTAX, TOK_MERGE_CYCLE, TOK_MERGES_MISMATCH, TOK_ENCODING, TOK_BASE64, TOK_LFS, PB_*, GGUF_*.
Result<Tokenizer> read_tokenizer(NamedBytes file, const TokenizerLimits& limits = {});

/// Reads the pair vocab.json + merges.txt of GPT-2 and its kin. Errors as above.
Result<Tokenizer> read_vocab_and_merges(NamedBytes vocab, NamedBytes merges, const TokenizerLimits& limits = {});

/// The tokenizer of one model: of its artifacts the most complete file is read (tokenizer.json,
/// then SentencePiece, tiktoken, tekken, vocab.json + merges.txt, GGUF). A file that cannot be read
/// becomes a notice when another one can. Errors: TOK_NONE when no artifact holds a tokenizer, else
/// the error of the best candidate.
Result<Tokenizer> open_tokenizer(std::span<const Artifact> artifacts, const TokenizerLimits& limits = {});

}  // namespace pedigree::io
