// SPDX-License-Identifier: MIT
// Many words at once in long text, upper and lower case alike (Wu and Manber 1994, blocks of two bytes).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::io::training_log {

/// Text that holds none of the words is passed over three bytes at a step.
class WordScan {
 public:
  /// Words are lower-case ASCII of at least four bytes; shorter ones are not found.
  explicit WordScan(const std::vector<std::string_view>& words);
  /// Where the next word begins at or after `from`; npos when there is none.
  std::size_t find(std::string_view text, std::size_t from = 0) const;

 private:
  static constexpr std::size_t kHead = 4;  // bytes of every word that the table knows
  bool word_at(std::string_view text, std::size_t at) const;

  std::vector<std::string> words_;
  std::array<std::uint8_t, 65536> step_;
};

}  // namespace pedigree::io::training_log
