// SPDX-License-Identifier: MIT
// Words of an answer, in any script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::behavior {

/// The first `limit` words: runs of letters and digits in lower case (ASCII), each CJK syllable or
/// ideograph run as one word, each punctuation mark alone. Bytes that are no UTF-8 count as letters.
std::vector<std::string> words(std::string_view text, std::size_t limit = 200);

/// Words that two answers share from the beginning.
std::size_t common_prefix(const std::vector<std::string>& a, const std::vector<std::string>& b);

/// Shared word bigrams over the smaller number of them, in [0, 1]; 0 when either has none.
double bigram_containment(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace pedigree::behavior
