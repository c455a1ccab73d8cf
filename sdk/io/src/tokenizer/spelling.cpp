// SPDX-License-Identifier: MIT
#include "spelling.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace pedigree::io {
namespace {

constexpr std::size_t kAlphabetEnd = 0x144;  // U+0100 + 68

constexpr std::array<std::int16_t, kAlphabetEnd> make_byte_of_character() {
  std::array<std::int16_t, kAlphabetEnd> table{};
  for (auto& entry : table) entry = -1;
  std::size_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    table[printable ? static_cast<std::size_t>(byte) : next++] = static_cast<std::int16_t>(byte);
  }
  return table;
}
constexpr auto kByteOfCharacter = make_byte_of_character();

constexpr std::string_view kMetaspace = "\xE2\x96\x81";

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

std::size_t first_not_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char lead = byte(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = utf8_length(lead);
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return at;
    for (std::size_t i = 1; i < length; ++i)
      if ((byte(at + i) & 0xC0) != 0x80) return at;
    const unsigned char second = byte(at + 1);  // overlong forms, surrogates, beyond U+10FFFF
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F))
      return at;
    at += length;
  }
  return text.size();
}

bool append_byte_level(std::string_view text, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + text.size());  // decoded is never longer
  char* write = out.data() + start;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t character = lead < 0x80 ? lead : kAlphabetEnd;
    if (lead >= 0xC2 && lead <= 0xC5 && i + 1 < text.size())
      character = (static_cast<std::size_t>(lead & 0x1F) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3F);
    if (character >= kAlphabetEnd || kByteOfCharacter[character] < 0) {
      out.resize(start);
      return false;
    }
    *write++ = static_cast<char>(kByteOfCharacter[character]);
  }
  out.resize(static_cast<std::size_t>(write - out.data()));
  return true;
}

std::size_t decoded_size(std::string_view text, Spelling spelling, std::string& scratch) {
  if (spelling == Spelling::kRaw) return text.size();
  if (spelling == Spelling::kByteLevel) {
    std::size_t characters = 0;
    for (const char c : text) characters += static_cast<std::size_t>((c & 0xC0) != 0x80);
    return characters;
  }
  scratch.clear();
  append_bytes(text, spelling, scratch);
  return scratch.size();
}

void append_metaspace(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const auto found = text.find(kMetaspace, at);
    out.append(text.substr(at, found == text.npos ? text.npos : found - at));
    if (found == text.npos) return;
    out.push_back(' ');
    at = found + kMetaspace.size();
  }
}

void append_bytes(std::string_view text, Spelling spelling, std::string& out) {
  switch (spelling) {
    case Spelling::kByteLevel:
      if (!append_byte_level(text, out)) out.append(text);
      return;
    case Spelling::kMetaspace:
      append_metaspace(text, out);
      return;
    case Spelling::kWordPiece:
      if (text.starts_with("##") && text.size() > 2) {
        out.append(text.substr(2));
      } else {
        out.push_back(' ');
        out.append(text);
      }
      return;
    case Spelling::kRaw:
      out.append(text);
      return;
  }
}

std::optional<unsigned char> fallback_byte(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("<0x") || text.back() != '>') return std::nullopt;
  const auto nibble = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  const int high = nibble(text[3]), low = nibble(text[4]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<unsigned char>(high * 16 + low);
}

bool is_reserved_slot(std::string_view text) {
  if (text.size() < 6 || (text.front() != '[' && text.front() != '<')) return false;
  constexpr std::string_view kOpen[] = {"[unused",    "<unused",     "[PAD",       "<|reserved_special_token_",
                                        "<extra_id_", "<|extra_id_", "<reserved_", "<SPECIAL_",
                                        "<|reserved_"};
  for (const auto open : kOpen) {
    if (!text.starts_with(open)) continue;
    const auto rest = text.substr(open.size());
    const auto end = rest.find_first_of("]|>");
    if (end != rest.npos && end > 0 && rest.size() - end <= 2 && is_number(rest.substr(0, end))) return true;
  }
  return false;
}

bool is_letter(std::string_view bytes, bool byte_level, std::string_view suffix) {
  if (!suffix.empty() && bytes.size() > suffix.size() && bytes.ends_with(suffix)) bytes.remove_suffix(suffix.size());
  if (bytes.size() <= 1) return true;
  return !byte_level && bytes.size() == utf8_length(static_cast<unsigned char>(bytes.front()));
}

}  // namespace pedigree::io
