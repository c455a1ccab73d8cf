// SPDX-License-Identifier: MIT
#include "feed.hpp"

#include <algorithm>
#include <cstring>

namespace pedigree::io {

bool Feed::more() {
  if (at_end()) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_, source_.size() - loaded_));
  if (buffer_.size() < end_ + count) buffer_.resize(end_ + count);
  const auto status = source_.read(loaded_, std::as_writable_bytes(std::span{buffer_.data() + end_, count}));
  if (!status.ok()) {
    error_ = status.error();
    return false;
  }
  end_ += count;
  loaded_ += count;
  return true;
}

void LineFeed::pass_over_rest() {
  do {
    const auto ahead = feed_.ahead();
    const auto end = ahead.find('\n');
    feed_.consume(end == std::string_view::npos ? ahead.size() : end + 1);
    if (end != std::string_view::npos) return;
  } while (feed_.more());
}

bool LineFeed::next(std::string_view& line) {
  std::size_t searched = 0;
  while (true) {
    const auto ahead = feed_.ahead();
    const auto end = ahead.find('\n', searched);
    if (end != std::string_view::npos) {
      line = ahead.substr(0, end);
      feed_.consume(end + 1);
      return true;
    }
    searched = ahead.size();
    if (ahead.size() >= cap_) {
      long_line_.assign(ahead.substr(0, cap_));
      feed_.consume(cap_);
      pass_over_rest();
      line = long_line_;
      return true;
    }
    if (feed_.more()) continue;
    line = feed_.ahead();
    feed_.consume(line.size());
    return !line.empty();
  }
}

}  // namespace pedigree::io
