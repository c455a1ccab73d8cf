// SPDX-License-Identifier: MIT
// Walks the head of a GGUF file, reading it as far as it is asked for; every step is checked.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pedigree/io/byte_source.hpp"
#include "pedigree/io/result.hpp"

namespace pedigree::io {

/// Position in the head. After the first failure error() is set and every step answers nothing.
class GgufCursor {
 public:
  static constexpr std::uint64_t kMaximumHead = std::uint64_t{512} << 20;
  static constexpr std::uint64_t kMaximumString = std::uint64_t{64} << 20;

  explicit GgufCursor(const ByteSource& source) : source_(source) {}

  std::uint64_t at() const { return at_; }
  std::uint64_t remaining() const { return source_.size() - at_; }
  const std::optional<Error>& error() const { return error_; }
  std::vector<std::byte> take() { return std::move(head_); }

  template <class T>
  std::optional<T> number() {
    if (!need(sizeof(T))) return std::nullopt;
    T value;
    std::memcpy(&value, head_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  /// u64 length, then bytes. The view lives until the next step.
  std::optional<std::string_view> string(std::uint64_t limit, const char* code, const std::string& what) {
    const auto size = number<std::uint64_t>();
    if (!size) return std::nullopt;
    if (*size > limit || *size > remaining()) {
      fail(code, what + " claims " + std::to_string(*size) + " bytes; at most " +
                     std::to_string(std::min(limit, remaining())) + " are possible");
      return std::nullopt;
    }
    if (!need(*size)) return std::nullopt;
    const std::string_view text{reinterpret_cast<const char*>(head_.data() + at_), static_cast<std::size_t>(*size)};
    at_ += *size;
    return text;
  }

  /// Passes over `bytes`, which stay in the head.
  bool skip(std::uint64_t bytes) {
    if (!need(bytes)) return false;
    at_ += bytes;
    return true;
  }
  const std::byte* data(std::uint64_t at) const { return head_.data() + at; }

  void fail(std::string code, std::string message,
            std::string hint = "the file is damaged or was made to mislead; download it again") {
    if (!error_)
      error_ =
          Error{std::move(code), source_.name(), "byte " + std::to_string(at_), std::move(message), std::move(hint)};
  }

 private:
  /// Makes sure that `bytes` behind the position are in memory.
  bool need(std::uint64_t bytes) {
    if (error_) return false;
    if (bytes > remaining()) {
      fail("GGUF_TRUNCATED", "the file ends after " + std::to_string(source_.size()) + " bytes, inside its description",
           "the download is incomplete; fetch the file again");
      return false;
    }
    if (at_ + bytes <= head_.size()) return true;
    if (at_ + bytes > kMaximumHead) {
      fail("GGUF_LARGE_HEAD", "metadata and tensor descriptions take more than 512 MiB");
      return false;
    }
    const std::uint64_t old = head_.size();
    const std::uint64_t grown = std::max<std::uint64_t>({at_ + bytes, 2 * old, std::uint64_t{64} << 10});
    head_.resize(static_cast<std::size_t>(std::min({grown, source_.size(), kMaximumHead})));
    if (auto read = source_.read(old, std::span{head_}.subspan(static_cast<std::size_t>(old))); !read) {
      error_ = read.error();
      return false;
    }
    return true;
  }

  const ByteSource& source_;
  std::vector<std::byte> head_;
  std::uint64_t at_ = 0;
  std::optional<Error> error_;
};

}  // namespace pedigree::io
