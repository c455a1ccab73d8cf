// SPDX-License-Identifier: MIT
// A bounded reader of the protobuf wire format: enough for SentencePiece models, nothing executed,
// nothing allocated.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "parts.hpp"

namespace pedigree::io {

/// Walks the fields of one message. next() gives false at its end or at an error; then look at failed().
class WireReader {
 public:
  WireReader(std::string_view file, std::string_view message, std::size_t offset)
      : file_(file), rest_(message), offset_(offset) {}

  std::uint64_t field() const { return field_; }
  bool is_text() const { return wire_ == 2; }
  bool is_float() const { return wire_ == 5; }
  bool is_integer() const { return wire_ == 0; }
  std::string_view text() const { return text_; }
  std::uint64_t integer() const { return integer_; }
  float number() const {
    float value = 0;
    const auto bits = static_cast<std::uint32_t>(integer_);
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  std::size_t text_offset() const { return offset_ - text_.size(); }

  bool failed() const { return failed_; }
  const Error& error() const { return error_; }

  /// Reads one field. Errors: PB_VARINT, PB_LENGTH, PB_WIRE_TYPE, PB_FIELD.
  bool next() {
    if (rest_.empty() || failed_) return false;
    std::uint64_t tag = 0;
    if (!varint(tag)) return false;
    field_ = tag >> 3;
    wire_ = static_cast<unsigned>(tag & 7);
    if (field_ == 0) return fail("PB_FIELD", "field number 0");
    if (wire_ == 0) return varint(integer_);
    if (wire_ == 1) return fixed(8);
    if (wire_ == 5) return fixed(4);
    if (wire_ != 2) return fail("PB_WIRE_TYPE", "wire type " + std::to_string(wire_) + " (groups are not used here)");
    std::uint64_t length = 0;
    if (!varint(length)) return false;
    if (length > rest_.size())
      return fail("PB_LENGTH", "a field of " + std::to_string(length) + " bytes where " + std::to_string(rest_.size()) +
                                   " are left");
    text_ = take(static_cast<std::size_t>(length));
    return true;
  }

 private:
  bool fail(std::string code, std::string message) {
    failed_ = true;
    error_ = tokenizer_error(std::move(code), file_, "byte " + std::to_string(offset_), std::move(message),
                             "the file is damaged or is no protobuf message");
    return false;
  }
  std::string_view take(std::size_t count) {
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    offset_ += count;
    return taken;
  }
  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (rest_.empty()) return fail("PB_VARINT", "the file ends inside a number");
      const auto byte = static_cast<unsigned char>(take(1).front());
      if (shift == 63 && byte > 1) break;
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return true;
    }
    return fail("PB_VARINT", "a number longer than 64 bits");
  }
  bool fixed(std::size_t count) {
    if (rest_.size() < count) return fail("PB_LENGTH", "the file ends inside a fixed-width number");
    integer_ = 0;
    const auto raw = take(count);
    for (std::size_t i = 0; i < count; ++i) integer_ |= std::uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
    return true;
  }

  std::string file_;
  std::string_view rest_, text_;
  std::size_t offset_;
  std::uint64_t field_ = 0, integer_ = 0;
  unsigned wire_ = 0;
  bool failed_ = false;
  Error error_;
};

}  // namespace pedigree::io
