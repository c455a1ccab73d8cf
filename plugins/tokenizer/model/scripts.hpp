// SPDX-License-Identifier: MIT
// Which writing systems a vocabulary covers, and how long its tokens are.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "pedigree/io/tokenizer.hpp"

namespace pedigree::tokenizer {

enum class Script : unsigned char {
  kLatin,
  kHangul,
  kHan,
  kKana,
  kCyrillic,
  kGreek,
  kArabic,
  kHebrew,
  kIndic,
  kThai,
  kOtherLetters,
  kDigits,
  kSymbols,
  kSpace,
  kMixed,
  kBytes
};
inline constexpr std::size_t kScriptCount = 16;
std::string_view name_of(Script script);

/// The script of a token's letters; kMixed for letters of several; without letters, digits before
/// symbols before spaces; kBytes for bytes that are not whole UTF-8 characters.
Script script_of(std::string_view bytes);

/// True for a token of ASCII digits only, a leading space allowed.
bool is_digits(std::string_view bytes);

/// Longest token length that has a row of its own, in bytes.
inline constexpr std::size_t kLengthRows = 17;

struct VocabularyProfile {
  std::array<std::size_t, kScriptCount> scripts{};
  std::array<std::size_t, kLengthRows>
      lengths{};  ///< ordinary tokens of i + 1 bytes; the last row holds the longer ones
  std::size_t ordinary = 0, with_leading_space = 0, longest = 0;
  double mean_length = 0;

  /// Half of the tokens have at most so many bytes; kLengthRows stands for that and more.
  std::size_t median_length() const;
};

VocabularyProfile profile_of(const io::Tokenizer& tokenizer);

}  // namespace pedigree::tokenizer
