// SPDX-License-Identifier: MIT
// Many words at once in long text, upper and lower case alike.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::io::training_log {

/// Four tables say which words have a byte at their first, second, third and fourth place; where all four agree a word
/// may begin. No step waits for the one before, so text without any of the words is passed over at memory speed.
class WordScan {
 public:
  /// Words are lower-case ASCII of at least four bytes; shorter ones are not found.
  explicit WordScan(const std::vector<std::string_view>& words);
  /// Where the next word begins at or after `from`; npos when there is none.
  std::size_t find(std::string_view text, std::size_t from = 0) const;

 private:
  static constexpr std::size_t kHead = 4, kGroups = 32;
  std::uint32_t groups_at(const unsigned char* at) const {
    return table_[0][at[0]] & table_[1][at[1]] & table_[2][at[2]] & table_[3][at[3]];
  }
  bool word_at(std::string_view rest, std::uint32_t groups) const;

  std::vector<std::string> words_;  ///< word i is of group i % kGroups
  std::array<std::array<std::uint32_t, 256>, kHead> table_{};
};

}  // namespace pedigree::io::training_log
