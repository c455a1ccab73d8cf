// SPDX-License-Identifier: MIT
// Which embedding rows of two models stand for the same text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pedigree/io/tokenizer.hpp"

namespace pedigree::weight {

struct JoinedToken {
  std::uint32_t subject_row, reference_row;
};

/// How the join was made.
enum class JoinBasis : std::uint8_t { kBytes, kSameIds, kNone };
std::string_view name_of(JoinBasis basis);

struct TokenJoin {
  JoinBasis basis = JoinBasis::kNone;
  std::vector<JoinedToken> tokens;         ///< ascending subject row
  std::vector<JoinedToken> never_trained;  ///< rows no text reaches: unused slots and padding past the vocabulary
  bool reordered = false;                  ///< shared tokens whose ids are out of order: a permuted vocabulary
  std::size_t subject_rows = 0, reference_rows = 0;
};

/// Joins on raw bytes when both tokenizers are known (null otherwise). Tokens of one byte, special
/// and added tokens are left out unless fewer than 64 remain. Without tokenizers rows are taken
/// to correspond when the counts are equal; a permuted vocabulary cannot be undone then.
TokenJoin join_tokens(const io::Tokenizer* subject, std::size_t subject_rows, const io::Tokenizer* reference,
                      std::size_t reference_rows);

/// At most `limit` of them, evenly spaced, in order.
std::vector<JoinedToken> sample_tokens(const std::vector<JoinedToken>& tokens, std::size_t limit);

}  // namespace pedigree::weight
