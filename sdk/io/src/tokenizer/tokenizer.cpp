// SPDX-License-Identifier: MIT
#include "pedigree/io/tokenizer.hpp"

#include <bit>
#include <cstring>

namespace pedigree::io {
namespace {

/// Little-endian load of up to eight bytes, so that the hash is the same on every machine.
std::uint64_t load(const char* bytes, std::size_t count) {
  std::uint64_t word = 0;
  if constexpr (std::endian::native == std::endian::little) {
    if (count == 8) {
      std::memcpy(&word, bytes, 8);
      return word;
    }
  }
  for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return word;
}

/// The finaliser of MurmurHash3 (public domain): every input bit reaches every output bit.
constexpr std::uint64_t mix(std::uint64_t h) {
  h ^= h >> 33;
  h *= 0xFF51AFD7ED558CCDull;
  h ^= h >> 33;
  h *= 0xC4CEB9FE1A85EC53ull;
  return h ^ (h >> 33);
}

}  // namespace

std::uint64_t token_hash(std::string_view bytes, bool byte_fallback) {
  std::uint64_t h = 0x70656469677265ull ^ (std::uint64_t{bytes.size()} << 1) ^ (byte_fallback ? 1u : 0u);
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) h = mix(h ^ load(bytes.data() + at, 8)) * 0x9E3779B97F4A7C15ull;
  if (at < bytes.size()) h ^= load(bytes.data() + at, bytes.size() - at);
  return mix(h);
}

std::optional<std::size_t> Tokenizer::find(std::uint64_t hash, std::string_view wanted) const {
  if (table_.empty()) return std::nullopt;
  const std::size_t mask = table_.size() - 1;
  for (std::size_t slot = hash & mask; table_[slot] != 0; slot = (slot + 1) & mask) {
    if ((table_[slot] ^ hash) >> 32 != 0) continue;
    const std::size_t i = (table_[slot] & 0xFFFFFFFFu) - 1;
    if (hashes_[i] == hash && is_core(i) && bytes(i) == wanted) return i;
  }
  return std::nullopt;
}

std::string_view name_of(TokenizerFormat format) {
  switch (format) {
    case TokenizerFormat::kTokenizerJson:
      return "tokenizer.json";
    case TokenizerFormat::kSentencePiece:
      return "sentencepiece";
    case TokenizerFormat::kTiktoken:
      return "tiktoken";
    case TokenizerFormat::kTekken:
      return "tekken";
    case TokenizerFormat::kVocabMerges:
      return "vocab.json+merges.txt";
    case TokenizerFormat::kGguf:
      return "gguf";
  }
  return "";
}

std::string_view name_of(TokenizerModel model) {
  switch (model) {
    case TokenizerModel::kBpe:
      return "BPE";
    case TokenizerModel::kUnigram:
      return "Unigram";
    case TokenizerModel::kWordPiece:
      return "WordPiece";
    case TokenizerModel::kWordLevel:
      return "WordLevel";
  }
  return "";
}

std::string_view name_of(TokenKind kind) {
  constexpr std::string_view kNames[] = {"ordinary", "byte", "added", "special", "unused"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace pedigree::io
