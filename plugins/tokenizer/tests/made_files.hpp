// SPDX-License-Identifier: MIT
// Tokenizer files written by the tests themselves, format by format, from bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::tokenizer::testing {

inline std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
  }
  return out;
}

inline std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      out += std::string{"\\u00"} + kHex[c >> 4] + kHex[c & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// UTF-8 of one character below U+10000.
inline std::string utf8(std::uint32_t c) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
  return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
}

/// tiktoken lines, ranks from 0.
inline std::string tiktoken_file(const std::vector<std::string>& tokens, std::string_view line_end = "\n") {
  std::string out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    out += base64(tokens[i]) + ' ' + std::to_string(i);
    out += line_end;
  }
  return out;
}

/// {"token": id, ...} as `tokenizers` writes it; `model` is the rest of the model's members.
inline std::string tokenizer_json(const std::vector<std::string>& tokens, const std::string& model,
                                  const std::string& rest = "\"added_tokens\":[]") {
  std::string vocab;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    vocab += (i == 0 ? "" : ",") + json_string(tokens[i]) + ":" + std::to_string(i);
  return "{\"version\":\"1.0\"," + rest + ",\"model\":{" + model + ",\"vocab\":{" + vocab + "}}}";
}

/// GPT-2's printable stand-ins for the 256 bytes: printable Latin-1 for itself, the other 68 from U+0100 on.
inline std::string byte_letters(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto printable = [](std::uint32_t b) { return (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b != 0xAD); };
    const std::uint32_t byte = static_cast<unsigned char>(c);
    std::uint32_t hidden = 0;
    for (std::uint32_t b = 0; b < byte; ++b) hidden += printable(b) ? 0 : 1;
    out += utf8(printable(byte) ? byte : 0x100 + hidden);
  }
  return out;
}

/// Protobuf: a field of bytes.
inline std::string field(unsigned number, std::string_view bytes) {
  std::string out{static_cast<char>(number << 3 | 2)};
  std::size_t size = bytes.size();
  for (; size > 127; size >>= 7) out += static_cast<char>(size | 128);
  out += static_cast<char>(size);
  return out.append(bytes);
}

struct Piece {
  std::string text;
  float score = 0;
  int type = 1;  ///< of SentencePiece and GGUF: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
};

inline std::string little_endian(const void* value, std::size_t size) {
  return {static_cast<const char*>(value), size};
}

/// A SentencePiece model; `kind`: 1 Unigram, 2 BPE.
inline std::string sentencepiece_file(const std::vector<Piece>& pieces, int kind) {
  std::string out;
  for (const auto& piece : pieces)
    out += field(
        1, field(1, piece.text) + '\x15' + little_endian(&piece.score, 4) + '\x18' + static_cast<char>(piece.type));
  return out + field(2, std::string{"\x18"} + static_cast<char>(kind)) + field(3, field(1, "identity"));
}

/// A GGUF file of keys alone; `model`: "gpt2", "llama", "t5", "bert".
inline std::string gguf_file(const std::string& model, const std::vector<Piece>& pieces,
                             const std::vector<std::string>& merges) {
  const auto number = [](auto value) { return little_endian(&value, sizeof value); };
  const auto text = [&](const std::string& t) { return number(std::uint64_t{t.size()}) + t; };
  const auto list = [&](const std::string& key, std::uint32_t type, std::size_t count) {
    return text(key) + number(std::uint32_t{9}) + number(type) + number(std::uint64_t{count});
  };
  std::string keys = text("tokenizer.ggml.model") + number(std::uint32_t{8}) + text(model);
  keys += list("tokenizer.ggml.tokens", 8, pieces.size());
  for (const auto& piece : pieces) keys += text(piece.text);
  keys += list("tokenizer.ggml.token_type", 5, pieces.size());
  for (const auto& piece : pieces) keys += number(std::int32_t{piece.type});
  keys += list("tokenizer.ggml.scores", 6, pieces.size());
  for (const auto& piece : pieces) keys += number(piece.score);
  keys += list("tokenizer.ggml.merges", 8, merges.size());
  for (const auto& merge : merges) keys += text(merge);
  return "GGUF" + number(std::uint32_t{3}) + number(std::uint64_t{0}) + number(std::uint64_t{5}) + keys;
}

}  // namespace pedigree::tokenizer::testing
