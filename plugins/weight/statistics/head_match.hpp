// SPDX-License-Identifier: MIT
// W6: attention heads compared through what no gauge can change: C_vo = W_o W_v and C_qk = W_q^T W_k
// (relative position 0). Permuting heads, rotating or scaling q/k and v/o leave both alone.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/weight/model/attention_rows.hpp"

namespace pedigree::weight {

struct HeadCounts {
  std::uint64_t query = 0, key_value = 0, size = 0;
  bool fits(const AttentionRows& rows) const;
};

struct HeadMatch {
  MatrixD value_output;                ///< subject head x reference head: cosine of C_vo
  MatrixD query_key;                   ///< the same of C_qk
  std::vector<std::uint32_t> partner;  ///< per subject query head: mutual neighbour by mean of both
  std::size_t subject_heads = 0, reference_heads = 0;
  double similarity = 0;                                         ///< mean over subject heads of the best mean cosine
  double value_output_similarity = 0, query_key_similarity = 0;  ///< at the chosen heads
  double share = 0;                                              ///< subject heads with a partner of mean cosine >= 0.3
  bool permuted = false;                                         ///< most partners sit at another index
  /// Exact part: same-index key/value groups, and same-index query heads inside those, each against
  /// its expectation under exchangeable labels.
  double expected_fixed = 0;
  std::size_t fixed = 0;
  /// Channels inside paired key/value groups, by v rows and o columns. Groups are paired by C_vo and C_qk,
  /// which know no channel; inside a group channels are exchangeable and change sign together in v and o
  /// without any effect. Same index and equal sign are therefore exact tests that permuted heads survive.
  double expected_channels = 0;
  std::size_t fixed_channels = 0, channels = 0, channels_of_one_sign = 0;
  bool valid = false;
};

/// Both sides in one residual basis. Cost 2 GEMM of (H s) x (H' s) x d each for o and q, less for k, v;
/// memory of a few runs of heads (64 MiB each) beside what `subject` and `reference` hold.
HeadMatch match_heads(const AttentionRows& subject, HeadCounts subject_heads, const AttentionRows& reference,
                      HeadCounts reference_heads);

}  // namespace pedigree::weight
