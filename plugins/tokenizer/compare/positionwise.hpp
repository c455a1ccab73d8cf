// SPDX-License-Identifier: MIT
// Equality of merge rules at the same position: a broken statistic, kept to explain what others published.
#pragma once

#include <cstddef>
#include <span>

#include "pedigree/io/tokenizer.hpp"
#include "pedigree/io/tokenizer_merges.hpp"

namespace pedigree::tokenizer {

struct Positionwise {
  std::size_t compared = 0;  ///< positions that both lists have, at most the limit
  std::size_t equal = 0;     ///< of them, positions with the same rule
  std::size_t prefix = 0;    ///< equal rules from the start on
};

/// One inserted or removed rule shifts all that follow, so the value says where the first difference
/// is, not how much two tokenizers share.
Positionwise positionwise(const io::Tokenizer& subject, std::span<const io::Merge> subject_merges,
                          const io::Tokenizer& reference, std::span<const io::Merge> reference_merges,
                          std::size_t limit);

}  // namespace pedigree::tokenizer
