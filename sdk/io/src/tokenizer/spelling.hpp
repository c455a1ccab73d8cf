// SPDX-License-Identifier: MIT
// From the spelling of a file to bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "parts.hpp"

namespace pedigree::io {

/// Length of the UTF-8 character that starts with this byte; 1 for a stray byte.
constexpr std::size_t utf8_length(unsigned char lead) {
  return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// Where the bytes stop being UTF-8 (RFC 3629): the start of the first bad sequence, or the size.
std::size_t first_not_utf8(std::string_view text);

/// Appends the bytes of a ByteLevel text (GPT-2's 256 printable characters: 0x21-0x7E, 0xA1-0xAC and
/// 0xAE-0xFF stand for themselves, the other 68 bytes are U+0100...). False, with nothing appended,
/// when a character lies outside the alphabet.
bool append_byte_level(std::string_view text, std::string& out);

/// Appends text with U+2581 turned into a space.
void append_metaspace(std::string_view text, std::string& out);

/// Appends `text` decoded by `spelling`; a text that the spelling cannot hold is appended as it is.
void append_bytes(std::string_view text, Spelling spelling, std::string& out);

/// Bytes that append_bytes() would append, for a part of a token that the spelling is known to hold.
std::size_t decoded_size(std::string_view text, Spelling spelling, std::string& scratch);

/// The byte of `<0xNN>`.
std::optional<unsigned char> fallback_byte(std::string_view text);

/// True for "[unused12]", "<unused12>", "[PAD50277]", "<|reserved_special_token_3|>", "<extra_id_5>" and kin:
/// a slot that carries nothing but its own number.
bool is_reserved_slot(std::string_view text);

/// True when `bytes` is one letter of the base alphabet: one byte, or one UTF-8 character.
bool is_letter(std::string_view bytes, bool byte_level, std::string_view suffix);

}  // namespace pedigree::io
