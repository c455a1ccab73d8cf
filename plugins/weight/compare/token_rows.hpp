// SPDX-License-Identifier: MIT
// Embedding rows of the tokens two models share.
#pragma once

#include "plugins/weight/align/residual_alignment.hpp"
#include "plugins/weight/align/token_join.hpp"
#include "plugins/weight/model/model_view.hpp"

namespace pedigree::weight {

struct JoinedRows {
  TokenJoin join;
  TokenRows rows;                     ///< centred over tokens, rows of length one
  Matrix subject_raw, reference_raw;  ///< up to 2048 of the embedding rows as stored, evenly spaced
  std::size_t sampled = 0;            ///< tokens read
};

/// Joins the vocabularies and reads at most `limit` common tokens, evenly spaced by subject id. Where
/// both models keep an output head apart, its rows (final gain folded in) follow the embedding rows.
/// Encoders join their patch kernels by position instead. Empty when nothing is in common.
JoinedRows joined_rows(const ModelView& subject, const ComponentView& a, const ModelView& reference,
                       const ComponentView& b, std::size_t limit);

}  // namespace pedigree::weight
