// SPDX-License-Identifier: MIT
#include "pedigree/io/tokenizer_signature.hpp"

#include <algorithm>
#include <bit>
#include <memory>

#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include "bit_stream.hpp"
#include "parts.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::io {
namespace {

constexpr std::string_view kMagic = "PDGSIG1\n";
constexpr std::size_t kHeaderRoom = 4096;
constexpr std::uint32_t kMostTokens = 1u << 22;

/// How the numbers are packed: hash_bits of the hash, Rice parameter of their differences, places
/// for one entry in 2^sample_bits.
struct Packing {
  unsigned hash_bits = 0, rice = 0, sample_bits = 0, place_bits = 0;
};

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
  return out;
}

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) return {};
  return hex(digest, size);
}

std::vector<Signature::Entry> entries_of(const Tokenizer& tokenizer, const Packing& packing) {
  std::vector<Signature::Entry> entries;
  std::uint32_t place = 0;
  for (std::size_t i = 0; i < tokenizer.size(); ++i)
    if (tokenizer.is_core(i)) entries.push_back({tokenizer.hash(i) >> (64 - packing.hash_bits), place++});
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair{a.prefix, a.place} < std::pair{b.prefix, b.place};
  });
  return entries;
}

bool keeps_place(std::uint64_t prefix, const Packing& packing) {
  return (prefix & ((std::uint64_t{1} << packing.sample_bits) - 1)) == 0;
}

std::string pack(const std::vector<Signature::Entry>& entries, const Packing& packing) {
  BitWriter writer;
  std::uint64_t last = 0;
  for (const auto& entry : entries) {
    writer.rice(entry.prefix - last, packing.rice);
    if (keeps_place(entry.prefix, packing)) writer.bits(entry.place, packing.place_bits);
    last = entry.prefix;
  }
  return writer.text();
}

/// Tries the longest hashes first, then fewer places: at 40 bits a foreign token is taken for one of
/// 100,000 once in ten million, at 28 bits once in 2,700.
std::string pack_within_limit(const Tokenizer& tokenizer, Packing& packing) {
  const auto n = static_cast<std::uint64_t>(tokenizer.core_count());
  packing.place_bits = static_cast<unsigned>(std::bit_width(n));
  for (packing.sample_bits = 0; packing.sample_bits <= 4; ++packing.sample_bits)
    for (packing.hash_bits = 40; packing.hash_bits >= 28; packing.hash_bits -= 2) {
      const unsigned gap = packing.hash_bits - packing.place_bits;  // log2 of the mean difference, or one less
      packing.rice = gap;
      const double bits = static_cast<double>(gap) + 2.0 +
                          static_cast<double>(packing.place_bits) / static_cast<double>(1u << packing.sample_bits);
      if (bits / 8 * static_cast<double>(n) > static_cast<double>(kLargestSignature)) continue;
      auto packed = pack(entries_of(tokenizer, packing), packing);
      if (packed.size() + kHeaderRoom <= kLargestSignature) return packed;
    }
  return {};
}

Error broken(std::string_view file, std::string code, std::string message) {
  return tokenizer_error(std::move(code), file, "", std::move(message), "make the signature again");
}

bool in_range(const nlohmann::json& header, const char* key, std::int64_t low, std::int64_t high, std::int64_t& out) {
  const auto it = header.find(key);
  if (it == header.end()) return false;
  const auto value = json_integer(*it);
  if (!value || *value < low || *value > high) return false;
  out = *value;
  return true;
}

}  // namespace

Result<std::string> make_signature(const Tokenizer& tokenizer, const SignatureLabel& label) {
  if (tokenizer.core_count() < 2) return broken(tokenizer.file(), "SIG_EMPTY", "there is no vocabulary to sign");
  Packing packing;
  const std::string packed = pack_within_limit(tokenizer, packing);
  if (packed.empty())
    return broken(tokenizer.file(), "SIG_SIZE",
                  std::to_string(tokenizer.core_count()) + " tokens do not fit a signature");
  const nlohmann::json header{{"name", label.name},
                              {"title", label.title},
                              {"source", label.source},
                              {"core_tokens", tokenizer.core_count()},
                              {"byte_level", tokenizer.conventions().byte_level},
                              {"hash_bits", packing.hash_bits},
                              {"rice", packing.rice},
                              {"sample_bits", packing.sample_bits},
                              {"place_bits", packing.place_bits}};
  const std::string text = json_text(header);
  if (text.size() > kHeaderRoom - 16) return broken(tokenizer.file(), "SIG_SIZE", "the label is too long");
  std::string out{kMagic};
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((text.size() >> shift) & 0xFF));
  return out + text + packed;
}

Result<std::string> make_signature(NamedBytes file, SignatureLabel label) {
  auto tokenizer = read_tokenizer(file);
  if (!tokenizer) return tokenizer.error();
  if (label.source.empty()) label.source = std::string{file.name} + " sha256:" + sha256(file.bytes);
  return make_signature(*tokenizer, label);
}

Result<Signature> read_signature(NamedBytes file) {
  const auto bytes = file.bytes;
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + 4)
    return broken(file.name, "SIG_MAGIC", "the file does not start as a signature does");
  if (bytes.size() > kLargestSignature) return broken(file.name, "SIG_SIZE", "larger than 512 KiB");
  std::size_t length = 0;
  for (unsigned i = 0; i < 4; ++i)
    length |= std::size_t{static_cast<unsigned char>(bytes[kMagic.size() + i])} << (8 * i);
  const auto rest = bytes.substr(kMagic.size() + 4);
  if (length > rest.size()) return broken(file.name, "SIG_TRUNCATED", "the header is cut off");
  auto header = parse_json(rest.substr(0, length), {}, file.name);
  if (!header || !header->is_object()) return broken(file.name, "SIG_TRUNCATED", "the header is not a JSON object");
  std::int64_t tokens = 0, hash_bits = 0, rice = 0, sample_bits = 0, place_bits = 0;
  if (!in_range(*header, "core_tokens", 1, kMostTokens, tokens) || !in_range(*header, "hash_bits", 8, 63, hash_bits) ||
      !in_range(*header, "rice", 0, 63, rice) || !in_range(*header, "sample_bits", 0, 8, sample_bits) ||
      !in_range(*header, "place_bits", 1, 32, place_bits))
    return broken(file.name, "SIG_TRUNCATED", "the header lacks a number or has one out of range");
  Signature signature;
  const auto text = [&](const char* key) {
    return header->value(key, nlohmann::json{}).is_string() ? header->at(key).get<std::string>() : std::string{};
  };
  signature.label = {text("name"), text("title"), text("source")};
  signature.core_tokens = static_cast<std::uint32_t>(tokens);
  signature.hash_bits = static_cast<unsigned>(hash_bits);
  signature.sample_bits = static_cast<unsigned>(sample_bits);
  signature.byte_level = header->contains("byte_level") && header->at("byte_level") == true;
  const Packing packing{signature.hash_bits, static_cast<unsigned>(rice), signature.sample_bits,
                        static_cast<unsigned>(place_bits)};
  BitReader reader{rest.substr(length)};
  if (static_cast<std::size_t>(tokens) > rest.size() * 8)
    return broken(file.name, "SIG_TRUNCATED", "fewer bits than tokens");
  signature.entries.reserve(static_cast<std::size_t>(tokens));
  std::uint64_t prefix = 0;
  for (std::int64_t i = 0; i < tokens && reader.good(); ++i) {
    prefix += reader.rice(packing.rice);
    const auto place = keeps_place(prefix, packing) ? static_cast<std::uint32_t>(reader.bits(packing.place_bits))
                                                    : Signature::kNoPlace;
    signature.entries.push_back({prefix, place});
  }
  if (!reader.good()) return broken(file.name, "SIG_TRUNCATED", "the table ends before its last token");
  return signature;
}

}  // namespace pedigree::io
