// SPDX-License-Identifier: MIT
// Bits in a string, most significant first; Golomb-Rice codes for sorted differences.
#pragma once

#include <bit>
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

/// Reads what BitWriter wrote. Counts go up to 56 bits.
class BitReader {
 public:
  explicit BitReader(std::string_view text) : text_(text) {}

  /// False once more was asked for than there is; reads then give zeros.
  bool good() const { return good_; }

  std::uint64_t bits(unsigned count) {
    if (count == 0) return 0;
    if (held_ < count && !refill(count)) return 0;
    const std::uint64_t value = window_ >> (64 - count);
    drop(count);
    return value;
  }

  std::uint64_t rice(unsigned k) {
    std::uint64_t quotient = 0;
    for (;;) {
      if (held_ == 0 && !refill(1)) return 0;
      const auto ones = static_cast<unsigned>(std::countl_one(window_));
      if (ones < held_) {
        quotient += ones;
        drop(ones + 1);
        break;
      }
      quotient += held_;
      drop(held_);
    }
    return (quotient << k) | bits(k);
  }

 private:
  bool refill(unsigned wanted) {
    while (held_ <= 56 && at_ < text_.size()) {
      window_ |= std::uint64_t{static_cast<unsigned char>(text_[at_++])} << (56 - held_);
      held_ += 8;
    }
    return good_ = good_ && held_ >= wanted;
  }
  void drop(unsigned count) {
    window_ = count >= 64 ? 0 : window_ << count;
    held_ -= count;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t window_ = 0;  ///< unread bits, left-aligned; zeros below them
  unsigned held_ = 0;
  bool good_ = true;
};

}  // namespace pedigree::io
