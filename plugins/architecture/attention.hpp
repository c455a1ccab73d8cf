// SPDX-License-Identifier: MIT
// Naming a decoder's attention.
#pragma once

#include <string>

#include "pedigree/io/config.hpp"

namespace pedigree::architecture {

struct AttentionKind {
  std::string kind;     ///< "MHA" "MQA" "GQA" "MLA" "none" (no attention layers), "unknown"
  std::string text;     ///< "GQA, 8 groups of 8 heads; sliding window 128, LLLG x 12"
  std::string pattern;  ///< "LLLG x 12", "" when every layer is full
  std::int64_t groups = 0;
};

/// MLA whenever kv_lora_rank is set, whatever the head counts say (spec.md 2, erratum 3).
AttentionKind attention_of(const io::ComponentConfig& decoder);

/// "LLLG x 12" for a repeated period, "LLLGLLG" otherwise; runs of one letter are written "L x 32".
std::string shorten_pattern(const std::string& pattern);

}  // namespace pedigree::architecture
