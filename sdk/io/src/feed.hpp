// SPDX-License-Identifier: MIT
// A file of any size as a window that moves over it: what is held at once is a few MiB, whatever the file's size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/byte_source.hpp"

namespace pedigree::io {

/// The bytes not consumed yet, as far as they are loaded. Views stay valid until more() is called.
class Feed {
 public:
  static constexpr std::size_t kChunk = std::size_t{1} << 20;

  explicit Feed(const ByteSource& source, std::size_t chunk = kChunk) : source_(source), chunk_(chunk) {}

  std::string_view ahead() const { return {buffer_.data() + begin_, end_ - begin_}; }
  /// Loads up to one chunk more behind what is ahead; false at the end of the file or when it cannot be read.
  bool more();
  void consume(std::size_t count) { begin_ += count; }
  /// Whether everything there is has been loaded.
  bool at_end() const { return error_.has_value() || loaded_ == source_.size(); }
  /// Offset in the file of the first byte ahead.
  std::uint64_t position() const { return loaded_ - (end_ - begin_); }
  const std::optional<Error>& error() const { return error_; }

 private:
  const ByteSource& source_;
  std::size_t chunk_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t loaded_ = 0;
  std::optional<Error> error_;
};

/// Line by line, without the line's end. Of a line over `cap` bytes the beginning is given and the rest passed over.
class LineFeed {
 public:
  explicit LineFeed(Feed& feed, std::size_t cap = std::size_t{1} << 20) : feed_(feed), cap_(cap) {}
  /// False after the last line. The view is valid until the next call.
  bool next(std::string_view& line);

 private:
  void pass_over_rest();

  Feed& feed_;
  std::size_t cap_;
  std::string long_line_;
};

}  // namespace pedigree::io
