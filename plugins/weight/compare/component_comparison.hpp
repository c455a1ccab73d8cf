// SPDX-License-Identifier: MIT
// One component of the subject against the same component of one reference: alignments in a fixed
// order, layers, heads, spectra, differences, power. Measures only; decide/ judges.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/weight/align/layer_map.hpp"
#include "plugins/weight/compare/layer_matching.hpp"
#include "plugins/weight/compare/stored_form.hpp"
#include "plugins/weight/compare/token_rows.hpp"
#include "plugins/weight/statistics/comparators.hpp"
#include "plugins/weight/statistics/difference.hpp"
#include "plugins/weight/statistics/head_match.hpp"
#include "plugins/weight/statistics/inheritance_spectrum.hpp"
#include "plugins/weight/statistics/power.hpp"

namespace pedigree::weight {

/// One residual map that was tried.
struct MapTrial {
  Alignment kind = Alignment::kIdentity;
  double held_out_cosine = 0;
  double best_log10_p = 0;  ///< corrected inside the trial
  double diagonal_log10_p = 0;
  double best_share = 0, best_agreement = 0;
  std::size_t comparisons = 0;
  bool swapped_gate_up = false;
};

/// What one matrix role kept.
struct RoleFinding {
  InheritanceSpectrum spectrum;
  double row_scale = 1;       ///< median of subject row length / reference row length
  bool uneven_scale = false;  ///< row lengths changed by factors that differ from unit to unit
};

struct LayerFinding {
  int subject_layer = 0;  ///< numbers as in the files
  int source_layer = -1;  ///< reference layer, -1 when none was found
  double share = 0;       ///< subject units found in the source layer
  double fixed_share = 0, agree_share = 0, mean_cosine = 0;
  double found_cosine = 0;                   ///< mean cosine of the units found, not of every mutual neighbour
  UnitMatch::Signs signs;                    ///< of units that gate, up and down pair alike
  double log10_p = 0;                        ///< exact, before correction
  std::size_t experts_moved = 0;             ///< routed experts whose source has another index
  std::map<std::string, RoleFinding> roles;  ///< gate up down q k v o
  std::optional<HeadMatch> heads;
  Difference difference;     ///< of the first role that changed by more than rounding; of gate or up when none did
  bool units_equal = false;  ///< gate, up and down are equal, but for rounding at most
  double run_log10_p = 0;    ///< exact: matched units in one order
  /// Context that decides nothing (W10), where q and k could be read in one basis.
  struct Comparators {
    double cka = 0;  ///< mean of q and k
    SpectrumLikeness spectrum;
  };
  std::optional<Comparators> comparators;
  bool compared = true;  ///< false when left out by sampling
};

struct EmbeddingFinding {
  JoinBasis basis = JoinBasis::kNone;
  std::size_t common = 0, sampled = 0, subject_rows = 0, reference_rows = 0;
  bool reordered = false;
  std::size_t axes = 0, matched_axes = 0, fixed_axes = 0;
  double axis_log10_p = 0;  ///< exact: residual axes at the same index
  double axis_cosine = 0;   ///< mean |cosine| of mutual axes
  double fixed_axis_cosine = 0;
  double trace = 0;            ///< W4: best signed permutation inside the rotation, of `axes` at most
  double trace_log10_p = 0;    ///< if rotations between strangers are Haar's: an assumption, not an exact test
  double held_out_cosine = 0;  ///< under the best map
  Alignment best = Alignment::kIdentity;
  double layer_map_cosine = 0;  ///< mean over tokens under the map by which layers correspond; 0 when none do
  InheritanceSpectrum spectrum;
  bool present = false;
};

struct ComponentFinding {
  io::Component component = io::Component::kTextDecoder;
  EmbeddingFinding embedding;
  std::vector<MapTrial> trials;
  std::size_t chosen = 0;       ///< index into trials
  bool basis_fixed = true;      ///< false: too few rows were held to fix the chosen rotation; what it maps is blurred
  double units_log10_p = 0;     ///< corrected for pairs, statistics and maps
  double heads_log10_p = 0;     ///< heads at one index (layers in order) or channels inside heads, the better one
  double channels_log10_p = 0;  ///< channels alone: same index or one sign inside paired heads
  std::size_t channels = 0, fixed_channels = 0;
  double heads_similarity = 0;
  std::vector<LayerFinding> layers;
  std::vector<double> independent_agreement;  ///< agreement of layer pairs that are not the source
  Power power;
  DiagonalMean diagonal;  ///< W3 as the files stand, no map
  std::size_t subject_layers = 0, reference_layers = 0;
  std::uint64_t subject_width = 0, reference_width = 0, subject_hidden = 0, reference_hidden = 0;
  std::size_t subject_experts = 0, reference_experts = 0;
  std::uint64_t sampled_units = 0;  ///< per block; 0 when all were read
  StoredForm subject_form, reference_form;
  std::size_t silenced_rows = 0;
  bool stopped = false;         ///< by the user: what was finished is here
  std::size_t blocks_done = 0;  ///< of blocks_planned: reference blocks compared with the whole subject
  std::size_t blocks_planned = 0;
  bool comparable = false;  ///< false: no unit of the two could be compared
};

/// A subject prepared once for many references.
struct PreparedComponent {
  const ModelView* model = nullptr;
  const ComponentView* view = nullptr;
  SamplePlan plan;  ///< that of both sides of a comparison
  LayerUnits units;
};

ComponentFinding compare_component(const PreparedComponent& subject, const PreparedComponent& reference,
                                   const Watch& watch);

}  // namespace pedigree::weight
