// SPDX-License-Identifier: MIT
// Hidden units of two feed-forward blocks, matched as mutual nearest neighbours (W2, W5, W7).
//
// A unit is everything that carries its label: a row of gate, a row of up, a column of down, all
// written in one residual basis. The joint similarity s = cos_gate + |cos_up + cos_down| uses the
// three at once (three times the dimensions of one tensor: detection limit sqrt(2 ln h / 3d)) and
// is blind to the gauge up*s, down/s for either sign of s. Without a gate s = cos_up + cos_down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plugins/weight/matrix.hpp"

namespace pedigree::weight {

/// One block's units. Each part has one row per unit; rows centred and normalised by prepare().
/// A part the block lacks has no rows.
struct UnitParts {
  Matrix gate, up, down;
  Index units() const { return up.rows() > 0 ? up.rows() : down.rows(); }
  bool gated() const { return gate.rows() > 0; }
  /// Silences non-finite rows, centres and normalises; answers how many rows were silenced.
  std::size_t prepare();
};

inline constexpr std::uint32_t kNoMatch = 0xFFFFFFFFu;

/// Result of one matching. Indices are unit labels.
struct UnitMatch {
  std::size_t subject_units = 0, reference_units = 0;
  std::vector<std::uint32_t> partner;     ///< per subject unit: its mutual neighbour, or kNoMatch
  std::vector<float> similarity;          ///< per subject unit: best mean cosine, in [-1, 1]
  std::vector<std::uint8_t> parts_agree;  ///< per subject unit: 1 when every part names one partner
  std::size_t parts = 0;                  ///< tensors used

  std::size_t matched() const;
  std::size_t fixed() const;  ///< mutual pairs at one index
  /// Units whose gate, up and down rows each choose the same partner (W5).
  std::size_t agreeing() const;
  /// Units whose parts agree and that are mutual neighbours.
  std::size_t agreeing_mutual() const;
  std::size_t longest_run() const;
  double mean_similarity_of_matched() const;
};

/// What the match is worth under exchangeable units (exact), before any correction for searches.
struct UnitMatchP {
  double fixed = 0;  ///< log10 p of same-index pairs; 0 when the widths differ
  double run = 0;    ///< log10 p of the longest increasing run
  /// The better one, paid for with a factor two when both were looked at.
  double best(bool same_width) const;
};

/// Matches two prepared blocks in one residual basis (equal column counts). Parts that only one
/// side has are ignored. Cost 2 h h' d per part; memory one tile. Deterministic.
UnitMatch match_units(const UnitParts& subject, const UnitParts& reference);
UnitMatchP exact_p(const UnitMatch& match);

}  // namespace pedigree::weight
