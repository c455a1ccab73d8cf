// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/layer_matching.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <tuple>

#include "pedigree/io/rate.hpp"
#include "plugins/weight/model/folding.hpp"
#include "plugins/weight/parallel.hpp"
#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {

struct Place {
  std::size_t layer, mlp;
};

/// Dense and shared blocks, and routed experts evenly spaced.
std::vector<Place> places_of(const ComponentView& component, std::uint64_t experts, std::size_t& skipped) {
  std::vector<Place> places;
  for (std::size_t l = 0; l < component.layers.size(); ++l) {
    const auto& mlps = component.layers[l].mlps;
    std::vector<std::size_t> routed;
    for (std::size_t m = 0; m < mlps.size(); ++m) {
      if (mlps[m].expert >= 0)
        routed.push_back(m);
      else
        places.push_back({l, m});
    }
    const auto chosen = spread_indices(routed.size(), experts);
    for (const auto c : chosen) places.push_back({l, routed[c]});
    skipped += routed.size() - chosen.size();
  }
  return places;
}

std::string_view attempt_of(Alignment map) {
  switch (map) {
    case Alignment::kIdentity:
      return "comparing layers as they are: ";
    case Alignment::kSignedPermutation:
      return "comparing layers, axes permuted: ";
    case Alignment::kOrthogonal:
      return "comparing layers, axes rotated: ";
    case Alignment::kHiddenUnits:
      return "comparing layers, axes taken from hidden units: ";
  }
  return {};
}

/// Units of each block that the budget holds when so many experts of a layer are read.
std::uint64_t affordable_units(const SamplePlan& plan, const ComponentView& component) {
  std::size_t skipped = 0;
  const std::size_t blocks = places_of(component, plan.experts, skipped).size();
  const std::uint64_t each = 3 * sizeof(float) * std::max<std::uint64_t>(1, component.hidden);
  return plan.bytes / (each * std::max<std::size_t>(1, blocks));
}

/// What reading the units of a block takes from the file.
std::uint64_t bytes_of(const MlpView& mlp, const SamplePlan& plan) {
  const std::uint64_t units = plan.units == 0 ? mlp.units() : std::min(plan.units, mlp.units());
  return bytes_of_rows(mlp.gate, units) + bytes_of_rows(mlp.up, units) + bytes_of_columns(mlp.down, units);
}

bool better(const BlockMatch& x, const BlockMatch& y) {
  if (x.log10_p != y.log10_p && std::min(x.log10_p, y.log10_p) < -6) return x.log10_p < y.log10_p;
  return x.share() > y.share();
}

/// Mean over a layer's blocks of the best share, and the best p, per layer pair.
void summarise(const LayerUnits& subject, const LayerUnits& reference, LayerMatching& result) {
  const auto rows = static_cast<Index>(subject.layers), columns = static_cast<Index>(reference.layers);
  result.share = MatrixD::Zero(rows, columns);
  result.log10_p = MatrixD::Zero(rows, columns);
  std::vector<double> blocks(subject.layers, 0.0);
  for (const auto& block : subject.blocks) blocks[block.layer] += 1;
  for (const auto& pair : result.pairs) {
    const auto l = static_cast<Index>(subject.blocks[pair.subject_block].layer);
    const auto m = static_cast<Index>(reference.blocks[pair.reference_block].layer);
    result.share(l, m) += pair.share() / blocks[static_cast<std::size_t>(l)];
    result.log10_p(l, m) = std::min(result.log10_p(l, m), pair.log10_p);
  }
}

/// Same-index layers and blocks jointly: no search, so no correction. Places of units, signs of units.
std::pair<double, double> diagonal_p(const LayerUnits& subject, const LayerUnits& reference,
                                     const std::vector<BlockMatch>& all) {
  if (subject.layers != reference.layers || subject.blocks.size() != reference.blocks.size()) return {0, 0};
  double expected = 0;
  std::size_t fixed = 0;
  UnitMatch::Signs signs;
  for (const auto& pair : all) {
    if (pair.subject_block != pair.reference_block) continue;
    if (pair.p.signed_units) {
      const auto own = pair.match.signs();
      signs = {signs.pairs + own.pairs, signs.plus + own.plus};
    }
    if (!pair.same_units) continue;
    const auto units = static_cast<double>(std::max<std::size_t>(1, pair.match.subject_units));
    expected += static_cast<double>(pair.match.matched()) / units;
    fixed += pair.match.fixed();
  }
  return {joint_fixed_point_log10_p(expected, fixed), sign_coherence_log10_p(signs.pairs, signs.plus)};
}

}  // namespace

BlockMatch compare_blocks(const LayerUnits& subject, std::size_t s, const LayerUnits& reference, std::size_t r,
                          const UnitParts& reference_parts) {
  const auto& a = subject.blocks[s];
  const auto& b = reference.blocks[r];
  BlockMatch out;
  out.subject_block = s;
  out.reference_block = r;
  out.match = match_units(a.parts, reference_parts);
  out.same_units = a.width == b.width && a.units == b.units;
  out.p = exact_p(out.match);
  if (!out.same_units) out.p.fixed = 0;
  if (!a.free_signs && !b.free_signs) out.p.signed_units = false;  // one side's coins are enough
  out.log10_p = out.p.best(out.same_units);
  const auto units = static_cast<double>(std::max<std::size_t>(1, out.match.subject_units));
  if (out.same_units) out.fixed_share = static_cast<double>(out.match.fixed()) / units;
  out.agree_share = static_cast<double>(out.match.agreeing_mutual()) / units;
  const std::size_t kept = out.same_units ? out.match.agreeing_fixed() : 0;
  out.moved_share = out.agree_share - static_cast<double>(kept) / units;
  out.reference_seen = static_cast<double>(b.units.size()) / static_cast<double>(std::max<std::uint64_t>(1, b.width));
  return out;
}

double BlockMatch::agreeing() const {
  constexpr double kFewMoved = 8;  // units; of fewer, a scaled count would mostly be chance
  const double moved = moved_share * static_cast<double>(match.subject_units);
  if (!(reference_seen > 0) || moved < kFewMoved - 0.5) return agree_share;
  return std::min(1.0, agree_share - moved_share + moved_share / reference_seen);
}

UnitParts mapped_units(const UnitParts& parts, const ResidualMap& map) {
  UnitParts out;
  for (auto member : {&UnitParts::gate, &UnitParts::up, &UnitParts::down})
    if ((parts.*member).rows() > 0) {
      out.*member = map.apply(parts.*member);
      normalise_rows(out.*member);
    }
  return out;
}

TokenRows matched_rows(const LayerUnits& subject, const LayerUnits& reference, const std::vector<BlockMatch>& pairs,
                       const std::function<bool(const BlockMatch&)>& chosen) {
  constexpr std::size_t kRows = 65536;
  std::vector<std::pair<Matrix::ConstRowXpr, Matrix::ConstRowXpr>> rows;
  for (const auto& pair : pairs) {
    if (!chosen(pair)) continue;
    const UnitParts &a = subject.blocks[pair.subject_block].parts, &b = reference.blocks[pair.reference_block].parts;
    for (std::size_t i = 0; i < pair.match.partner.size() && rows.size() < kRows; ++i) {
      if (pair.match.partner[i] == kNoMatch) continue;
      for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down})
        if ((a.*part).rows() > 0 && (b.*part).rows() > 0)
          rows.emplace_back((a.*part).row(static_cast<Index>(i)),
                            (b.*part).row(static_cast<Index>(pair.match.partner[i])));
    }
  }
  TokenRows out;
  if (rows.empty()) return out;
  out.subject.resize(static_cast<Index>(rows.size()), rows.front().first.cols());
  out.reference.resize(static_cast<Index>(rows.size()), rows.front().second.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.subject.row(static_cast<Index>(i)) = rows[i].first;
    out.reference.row(static_cast<Index>(i)) = rows[i].second;
  }
  return out;
}

DiagonalMean diagonal_screen(const LayerUnits& subject, const LayerUnits& reference) {
  DiagonalMean out;
  if (subject.blocks.size() != reference.blocks.size()) return out;
  double blocks = 0;
  for (std::size_t i = 0; i < subject.blocks.size(); ++i) {
    const auto &a = subject.blocks[i], &b = reference.blocks[i];
    if (a.width != b.width || a.units != b.units || a.layer != b.layer) continue;
    const bool gated = a.parts.gated() && b.parts.gated();
    const DiagonalMean one = gated ? diagonal_mean(a.parts.gate, b.parts.gate) : diagonal_mean(a.parts.up, b.parts.up);
    if (!one.valid) continue;
    out.mean += one.mean;
    out.z += one.z;
    out.log10_p = std::min(out.log10_p, one.log10_p);
    blocks += 1;
  }
  if (blocks == 0) return out;
  out.mean /= blocks;
  out.z /= std::sqrt(blocks);
  out.log10_p = corrected_log10_p(out.log10_p, blocks);
  out.valid = true;
  return out;
}

void keep_p_values(const LayerMatching& before, LayerMatching& after) {
  after.log10_p = before.log10_p;
  after.diagonal_log10_p = before.diagonal_log10_p;
  after.sign_log10_p = before.sign_log10_p;
  after.best_log10_p = before.best_log10_p;
  for (auto& pair : after.pairs) {
    const BlockMatch* tested = before.find(pair.subject_block, pair.reference_block);
    pair.log10_p = tested != nullptr ? tested->log10_p : 0;
  }
}

const BlockMatch* LayerMatching::find(std::size_t subject_block, std::size_t reference_block) const {
  for (const auto& pair : pairs)
    if (pair.subject_block == subject_block && pair.reference_block == reference_block) return &pair;
  return nullptr;
}

SamplePlan fitted(SamplePlan plan, const ComponentView& a, const ComponentView& b) {
  constexpr std::uint64_t kFewUnits = 32, kFewestUnits = 8, kFewestExperts = 2;
  const auto affordable = [&] { return std::min(affordable_units(plan, a), affordable_units(plan, b)); };
  while (plan.experts > kFewestExperts && affordable() < kFewUnits) --plan.experts;
  const std::uint64_t limit = std::max(kFewestUnits, affordable());
  plan.units = plan.units == 0 ? limit : std::min(plan.units, limit);
  return plan;
}

LayerUnits read_layer_units(const ModelView& model, const ComponentView& component, const SamplePlan& wanted,
                            const Watch& watch, bool swap_gate_up) {
  const SamplePlan plan = fitted(wanted, component, component);
  LayerUnits out;
  out.layers = component.layers.size();
  const auto places = places_of(component, plan.experts, out.mlps_skipped);
  out.blocks.resize(places.size());
  std::vector<std::size_t> silenced(places.size(), 0);
  std::uint64_t whole = 0;
  for (const auto& place : places) whole += bytes_of(component.layers[place.layer].mlps[place.mlp], plan);
  std::atomic<std::uint64_t> done{0};
  const io::Rate rate;
  parallel_for(places.size(), watch.threads, [&](std::size_t i) {
    watch.poll();
    auto& block = out.blocks[i];
    const LayerView& layer = component.layers[places[i].layer];
    const MlpView& mlp = layer.mlps[places[i].mlp];
    block.layer = places[i].layer;
    block.mlp = places[i].mlp;
    block.width = mlp.units();
    block.free_signs = !layer.up_bias;
    block.units = spread_indices(block.width, plan.units);
    block.parts = load_units(model, component, layer, mlp, block.units, swap_gate_up);
    silenced[i] = block.parts.prepare();
    const std::uint64_t now = done += bytes_of(mlp, plan);
    watch.report(static_cast<double>(now) / static_cast<double>(std::max<std::uint64_t>(1, whole)),
                 "reading layers: " + rate.of_bytes(now, whole));
  });
  for (const auto s : silenced) out.silenced_rows += s;
  out.layers_read = out.layers;
  return out;
}

LayerMatching match_layers(const LayerUnits& subject, const LayerUnits& reference, const ResidualMap& map,
                           const Watch& watch) {
  std::vector<std::vector<BlockMatch>> rows(reference.blocks.size());
  std::atomic<std::size_t> done{0};
  const Watch stage = watch.next_stage();
  const io::Rate rate;
  parallel_for(reference.blocks.size(), watch.threads, [&](std::size_t r) {
    if (watch.stopped()) return;
    const UnitParts parts = mapped_units(reference.blocks[r].parts, map);
    for (std::size_t s = 0; s < subject.blocks.size(); ++s) {
      rows[r].push_back(compare_blocks(subject, s, reference, r, parts));
      if (watch.stopped()) return;
    }
    const std::size_t now = ++done;
    stage.report(static_cast<double>(now) / static_cast<double>(rows.size()),
                 std::string{attempt_of(map.kind)} + rate.of_pieces(now, rows.size()));
  });
  std::vector<BlockMatch> all;
  std::size_t whole = 0;
  for (auto& row : rows) {
    if (row.size() < subject.blocks.size()) continue;
    ++whole;
    for (auto& pair : row) all.push_back(std::move(pair));
  }
  LayerMatching result = assemble_matching(subject, reference, std::move(all), map);
  result.blocks_done = whole;
  result.stopped = whole < rows.size();
  if (whole == 0 && result.stopped) throw Cancelled{};
  return result;
}

LayerMatching assemble_matching(const LayerUnits& subject, const LayerUnits& reference, std::vector<BlockMatch> all,
                                const ResidualMap& map) {
  LayerMatching result;
  result.map = map;
  result.comparisons = subject.blocks.size() * reference.blocks.size();
  std::tie(result.diagonal_log10_p, result.sign_log10_p) = diagonal_p(subject, reference, all);
  for (const auto& pair : all)
    result.best_log10_p =
        std::min(result.best_log10_p, corrected_log10_p(pair.log10_p, static_cast<double>(result.comparisons)));
  result.best_log10_p =
      corrected_log10_p(std::min({result.best_log10_p, result.diagonal_log10_p, result.sign_log10_p}), 3);
  std::stable_sort(all.begin(), all.end(), [&](const auto& x, const auto& y) {
    if (x.subject_block != y.subject_block) return x.subject_block < y.subject_block;
    const auto lx = reference.blocks[x.reference_block].layer, ly = reference.blocks[y.reference_block].layer;
    return lx != ly ? lx < ly : better(x, y);
  });
  for (auto& pair : all) {
    const bool again =
        !result.pairs.empty() && result.pairs.back().subject_block == pair.subject_block &&
        reference.blocks[result.pairs.back().reference_block].layer == reference.blocks[pair.reference_block].layer;
    if (!again) result.pairs.push_back(std::move(pair));
  }
  summarise(subject, reference, result);
  return result;
}

}  // namespace pedigree::weight
