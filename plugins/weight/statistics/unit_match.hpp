// SPDX-License-Identifier: MIT
// Hidden units of two feed-forward blocks, matched as mutual nearest neighbours (W2, W5, W7).
//
// A unit is everything that carries its label: a row of gate, a row of up, a column of down, all
// written in one residual basis. The joint similarity s = cos_gate + |cos_up + cos_down| uses the
// three at once (three times the dimensions of one tensor: detection limit sqrt(2 ln h / 3d)) and
// is blind to the gauge up*s, down/s for either sign of s. Without a gate s = cos_up + cos_down.
//
// One thing a permutation of units does not touch is left over as an exact test (decision 0084): in
// down (act(gate x) * up x) nothing changes when up_i and down_i change sign together, symmetric
// initialisation and SGD/Adam/Lion/Muon respect that, so in independent models the sign of unit i is a
// fair coin, universal units included. Partners for it are those that |cos_gate|, |cos_up| and |cos_down|
// name alike, so no sign (and no doubt which matrix is the gate) enters the choice; the coin is the sign of
// cos_down. Up and down are not centred over units: the mean row would carry the other units' signs.
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
  /// Silences non-finite rows, centres (beside a gate: the gate only) and normalises; answers how many
  /// rows were silenced.
  std::size_t prepare();
};

inline constexpr std::uint32_t kNoMatch = 0xFFFFFFFFu;

/// Result of one matching. Indices are unit labels.
struct UnitMatch {
  std::size_t subject_units = 0, reference_units = 0;
  std::vector<std::uint32_t> partner;     ///< per subject unit: its mutual neighbour, or kNoMatch
  std::vector<float> similarity;          ///< per subject unit: best mean cosine, in [-1, 1]
  std::vector<std::uint8_t> parts_agree;  ///< per subject unit: 1 when every part names one partner
  std::vector<std::int8_t> sign;          ///< per subject unit: of cos_up + cos_down at the partner; gated blocks only
  std::size_t parts = 0;                  ///< tensors used

  std::size_t matched() const;
  std::size_t fixed() const;  ///< mutual pairs at one index
  /// Units whose gate, up and down rows each choose the same partner (W5).
  std::size_t agreeing() const;
  /// Units whose parts agree and that are mutual neighbours.
  std::size_t agreeing_mutual() const;
  std::size_t agreeing_fixed() const;  ///< of these, at one index
  std::size_t longest_run() const;
  /// Units with a sign, and how many have a plus.
  struct Signs {
    std::size_t pairs = 0, plus = 0;
  };
  Signs signs() const;
  double mean_similarity_of_matched() const;
  /// Partners of units that are found beyond their being somebody's neighbour: at their own index (when indices
  /// correspond), or named by every part. kNoMatch for the others.
  std::vector<std::uint32_t> found(bool same_units) const;
  double mean_similarity_of_found(bool same_units) const;
};

/// What the match is worth under exchangeable units (exact), before any correction for searches.
struct UnitMatchP {
  double fixed = 0;  ///< log10 p of same-index pairs; 0 when the widths differ
  double run = 0;    ///< log10 p of the longest increasing run
  double sign = 0;   ///< log10 p of signs of up and down at the partners; survives any permutation
  bool signed_units = false;
  /// The best one, paid for with the number that were looked at.
  double best(bool same_width) const;
};

/// Matches two prepared blocks in one residual basis (equal column counts). Parts that only one
/// side has are ignored. Cost 2 h h' d per part; memory one tile. Deterministic.
UnitMatch match_units(const UnitParts& subject, const UnitParts& reference);
UnitMatchP exact_p(const UnitMatch& match);

}  // namespace pedigree::weight
