// SPDX-License-Identifier: MIT
// Bits in a string, most significant first; Golomb-Rice codes for sorted differences.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pedigree::io {

class BitWriter {
 public:
  void bits(std::uint64_t value, unsigned count) {
    for (unsigned left = count; left > 0;) {
      const unsigned room = 8 - used_;
      const unsigned now = left < room ? left : room;
      const auto part = static_cast<unsigned>(value >> (left - now)) & ((1u << now) - 1);
      if (used_ == 0) out_.push_back('\0');
      out_.back() = static_cast<char>(static_cast<unsigned char>(out_.back()) | (part << (room - now)));
      used_ = (used_ + now) % 8;
      left -= now;
    }
  }
  /// Quotient by 2^k in unary (ones, then a zero), remainder in k bits.
  void rice(std::uint64_t value, unsigned k) {
    for (std::uint64_t quotient = value >> k; quotient > 0; --quotient) bits(1, 1);
    bits(0, 1);
    bits(value & ((std::uint64_t{1} << k) - 1), k);
  }
  const std::string& text() const { return out_; }

 private:
  std::string out_;
  unsigned used_ = 0;
};

class BitReader {
 public:
  explicit BitReader(std::string_view text) : text_(text) {}

  /// False once the text has run out; reads then give zeros.
  bool good() const { return good_; }
  std::uint64_t bits(unsigned count) {
    std::uint64_t value = 0;
    while (count > 0) {
      if (held_ == 0 && !refill()) return 0;
      const unsigned now = count < held_ ? count : held_;
      value = (value << now) | ((word_ >> (held_ - now)) & ((std::uint64_t{1} << now) - 1));
      held_ -= now;
      count -= now;
    }
    return value;
  }
  std::uint64_t rice(unsigned k) {
    std::uint64_t quotient = 0;
    while (good_ && bits(1) == 1) ++quotient;
    return (quotient << k) | bits(k);
  }

 private:
  bool refill() {
    if (at_ >= text_.size()) return good_ = false;
    word_ = 0;
    for (held_ = 0; held_ < 56 && at_ < text_.size(); held_ += 8)
      word_ = (word_ << 8) | static_cast<unsigned char>(text_[at_++]);
    return true;
  }
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t word_ = 0;
  unsigned held_ = 0;
  bool good_ = true;
};

}  // namespace pedigree::io
