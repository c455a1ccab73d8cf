// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/whole_layers.hpp"

#include <algorithm>

#include "pedigree/io/rate.hpp"
#include "plugins/weight/model/folding.hpp"
#include "plugins/weight/parallel.hpp"

namespace pedigree::weight {
namespace {

constexpr std::uint64_t kBlocks = 4, kUnits = 64, kLargestBlock = 32768;
constexpr std::uint64_t kBlockBytes = std::uint64_t{480} << 20;  // with both samples: under 1 GiB for any model

/// Units of one block that are held at a time.
std::uint64_t units_held(std::uint64_t hidden) {
  return std::min(kLargestBlock, kBlockBytes / (3 * sizeof(float) * std::max<std::uint64_t>(1, hidden)));
}

Matrix picked_rows(const Matrix& rows, const std::vector<std::uint32_t>& picked) {
  if (rows.rows() == 0) return rows;
  Matrix out(static_cast<Index>(picked.size()), rows.cols());
  for (std::size_t i = 0; i < picked.size(); ++i)
    out.row(static_cast<Index>(i)) = rows.row(static_cast<Index>(picked[i]));
  return out;
}

LayerUnits probe_of(const LayerUnits& units, const ResidualMap& map) {
  LayerUnits out;
  out.layers = units.layers;
  for (const auto at : spread_indices(units.blocks.size(), kBlocks)) {
    const auto& block = units.blocks[at];
    const auto picked = spread_indices(block.units.size(), kUnits);
    LayerUnits::Block probe;
    probe.layer = block.layer;
    probe.mlp = block.mlp;
    probe.width = block.width;
    probe.free_signs = block.free_signs;
    for (const auto p : picked) probe.units.push_back(block.units[p]);
    for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) {
      probe.parts.*part = picked_rows(block.parts.*part, picked);
      if (!map.is_identity() && (probe.parts.*part).rows() > 0) probe.parts.*part = map.apply_back(probe.parts.*part);
      normalise_rows(probe.parts.*part);
    }
    out.blocks.push_back(std::move(probe));
  }
  return out;
}

}  // namespace

WholeLayerSearch search_whole_layers(const PreparedComponent& subject, const PreparedComponent& reference,
                                     const ResidualMap& map, const Watch& watch) {
  WholeLayerSearch out;
  out.subject = probe_of(subject.units, map);
  out.reference.layers = reference.units.layers;
  std::vector<BlockMatch> all;
  const Watch stage = watch.next_stage();
  const io::Rate rate;
  for (const auto& sampled : reference.units.blocks) {
    watch.poll();
    LayerUnits::Block whole;
    whole.layer = sampled.layer;
    whole.mlp = sampled.mlp;
    whole.width = sampled.width;
    whole.free_signs = sampled.free_signs;
    whole.units = spread_indices(sampled.width, units_held(reference.view->hidden));
    const LayerView& layer = reference.view->layers[whole.layer];
    UnitParts parts = load_units(*reference.model, *reference.view, layer, layer.mlps[whole.mlp], whole.units);
    parts.prepare();
    out.reference.blocks.push_back(std::move(whole));
    // One whole block is held at a time, so threads share it: each takes a block of the subject.
    std::vector<BlockMatch> matches(out.subject.blocks.size());
    parallel_for(matches.size(), watch.threads, [&](std::size_t s) {
      matches[s] = compare_blocks(out.subject, s, out.reference, out.reference.blocks.size() - 1, parts);
    });
    for (auto& match : matches) all.push_back(std::move(match));
    const std::size_t done = out.reference.blocks.size(), of = reference.units.blocks.size();
    stage.report(static_cast<double>(done) / static_cast<double>(of),
                 "searching whole layers: " + rate.of_pieces(done, of));
  }
  out.matching = assemble_matching(out.subject, out.reference, std::move(all), map);
  return out;
}

}  // namespace pedigree::weight
