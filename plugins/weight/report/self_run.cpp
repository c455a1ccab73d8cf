// SPDX-License-Identifier: MIT
// W9: tests that need no reference and so see parents that nobody has listed.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "plugins/weight/compare/component_comparison.hpp"
#include "plugins/weight/parallel.hpp"
#include "plugins/weight/report/dead_blocks.hpp"
#include "plugins/weight/report/details.hpp"
#include "plugins/weight/report/run.hpp"
#include "plugins/weight/statistics/log_probability.hpp"
#include "plugins/weight/statistics/row_boundary.hpp"

namespace pedigree::weight {
namespace {
using nlohmann::json;

constexpr double kCopied = 0.25;       // share of units two blocks must have in common to count as one
constexpr double kCopyLikelihood = 1;  // log10: a from-scratch run may upcycle or stack a model of its own
constexpr double kSeam = 2.5;          // pooled standard deviations; zoo models without extension stay below

struct PairOfBlocks {
  std::size_t a, b;
  double share = 0, log10_p = 0;
};

/// Matches listed pairs of blocks of one model.
std::vector<PairOfBlocks> match_pairs(const LayerUnits& units, std::vector<PairOfBlocks> pairs, const Watch& watch) {
  parallel_for(pairs.size(), watch.threads, [&](std::size_t i) {
    watch.poll();
    auto& pair = pairs[i];
    const auto &a = units.blocks[pair.a], &b = units.blocks[pair.b];
    const UnitMatch match = match_units(a.parts, b.parts);
    const bool same = a.width == b.width && a.units == b.units;
    const auto count = static_cast<double>(std::max<std::size_t>(1, match.subject_units));
    const double fixed = same ? static_cast<double>(match.fixed()) / count : 0;
    pair.log10_p = exact_p(match).best(same);
    pair.share = std::max(fixed, static_cast<double>(match.agreeing_mutual()) / count);
  });
  return pairs;
}

class SelfRun {
 public:
  SelfRun(const Host& host, const Request& request) : host_(host), watch_(watch_of(host, request)) {}

  pedigree_status run(std::string_view id, const std::vector<Artifact>& artifacts) {
    const auto model = ModelView::open(id, artifacts);
    if (!model) return not_applicable(std::string(id) + ": " + ModelView::why_not(artifacts));
    for (const auto& view : model->components()) {
      component_ = io::to_text(view.component);
      LayerUnits units = read_layer_units(*model, view, {}, watch_.part(0, 0.3));
      drop_dead_blocks(host_, id, units);
      watch_.report(0.3, "looking for copied experts");
      experts(view, units);
      watch_.report(0.6, "looking for repeated layers");
      layers(view, units);
      watch_.report(0.9, "looking for the seam of an extended vocabulary");
      vocabulary(*model, view);
    }
    return emitted_ > 0 ? PEDIGREE_OK : not_applicable("no layers, experts or embedding to test");
  }

 private:
  pedigree_status not_applicable(std::string_view reason) {
    host_.set_error(reason);
    return PEDIGREE_NOT_APPLICABLE;
  }

  void emit(std::string_view signal, double value, double lr, std::optional<double> p, std::string key, json params,
            json details, std::string_view component) {
    Evidence e;
    e.signal = signal;
    e.component = component;
    e.value = value;
    e.log10_lr = lr;
    e.log10_p = p;
    e.summary_key = std::move(key);
    e.params_json = params.dump();
    e.details_json = details.dump();
    host_.emit(e);
    ++emitted_;
  }

  void experts(const ComponentView& view, const LayerUnits& units) {
    std::vector<PairOfBlocks> pairs;
    for (std::size_t i = 0; i < units.blocks.size(); ++i)
      for (std::size_t j = i + 1; j < units.blocks.size() && units.blocks[j].layer == units.blocks[i].layer; ++j)
        if (routed(view, units.blocks[i]) && routed(view, units.blocks[j])) pairs.push_back({i, j});
    if (pairs.empty()) return;
    const auto found = match_pairs(units, std::move(pairs), watch_);
    double copied = 0, p = 0, best = 0;
    for (const auto& pair : found) {
      copied += pair.share >= kCopied;
      best = std::max(best, pair.share);
      p = std::min(p, pair.log10_p);
    }
    p = corrected_log10_p(p, static_cast<double>(found.size()));
    const double share = copied / static_cast<double>(found.size());
    emit("weight.self-experts", std::clamp(best, 0.0, 1.0), share > 0 ? kCopyLikelihood : 0, p,
         share > 0 ? "self.experts_copied" : "self.experts_own",
         {{"pairs", static_cast<std::size_t>(copied)},
          {"of", found.size()},
          {"share", rounded(best)},
          {"log10_p", rounded(p)}},
         {{"pairs_compared", found.size()}, {"pairs_copied", static_cast<std::size_t>(copied)}}, component_);
  }

  static bool routed(const ComponentView& view, const LayerUnits::Block& block) {
    return view.layers[block.layer].mlps[block.mlp].expert >= 0;
  }

  /// First dense block of every layer against those of all later layers.
  void layers(const ComponentView& view, const LayerUnits& units) {
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < units.blocks.size(); ++i)
      if (first.empty() || units.blocks[first.back()].layer != units.blocks[i].layer) first.push_back(i);
    std::vector<PairOfBlocks> pairs;
    for (std::size_t i = 0; i < first.size(); ++i)
      for (std::size_t j = i + 1; j < first.size(); ++j) pairs.push_back({first[i], first[j]});
    if (pairs.empty()) return;
    const auto found = match_pairs(units, std::move(pairs), watch_);
    std::set<std::size_t> repeated;
    json repeats = json::array();
    double p = 0;
    for (const auto& pair : found) {
      p = std::min(p, pair.log10_p);
      if (pair.share < kCopied) continue;
      repeated.insert(units.blocks[pair.b].layer);
      const int from = view.layers[units.blocks[pair.a].layer].index,
                to = view.layers[units.blocks[pair.b].layer].index;
      if (repeats.size() < 256) repeats.push_back({{"layer", to}, {"repeats", from}, {"share", rounded(pair.share)}});
    }
    p = corrected_log10_p(p, static_cast<double>(found.size()));
    const double share = static_cast<double>(repeated.size()) / static_cast<double>(first.size());
    emit("weight.self-layers", share, share > 0 ? kCopyLikelihood : 0, p,
         share > 0 ? "self.layers_repeated" : "self.layers_own",
         {{"repeated", repeated.size()}, {"of", first.size()}, {"log10_p", rounded(p)}},
         {{"repeats", std::move(repeats)}}, component_);
  }

  void vocabulary(const ModelView& model, const ComponentView& view) {
    constexpr std::uint64_t kMostRows = 32768, kBytes = std::uint64_t{128} << 20;
    const std::uint64_t held = kBytes / (sizeof(float) * std::max<std::uint64_t>(1, view.embedding.inputs));
    if (!view.embedding.present() || !view.embedding_rows_are_tokens) return;
    const auto rows = spread_indices(view.embedding.rows(), std::clamp<std::uint64_t>(held, 1024, kMostRows));
    const std::size_t window = std::clamp<std::size_t>(rows.size() / 32, 32, 512);
    const RowBoundary seam = row_boundary(load_rows(model.store(), view.embedding, rows), window);
    if (!seam.valid) return;
    const bool seen = std::max(seam.contrast, seam.cosine_contrast) >= kSeam;
    emit("weight.self-vocabulary", std::clamp(seam.strength, 0.0, 1.0), 0, std::nullopt,
         seen ? "self.vocabulary_seam" : "self.vocabulary_whole",
         {{"row", rows[seam.row]}, {"contrast", rounded(std::max(seam.contrast, seam.cosine_contrast))}},
         {{"row", rows[seam.row]},
          {"length_contrast", rounded(seam.contrast)},
          {"cosine_contrast", rounded(seam.cosine_contrast)},
          {"window", window}},
         component::kEmbedding);
  }

  const Host& host_;
  Watch watch_;
  std::string component_;
  std::size_t emitted_ = 0;
};

}  // namespace

pedigree_status run_self_tests(const Host& host, const Request& request) {
  try {
    return SelfRun(host, request).run(request.subject().id, request.artifacts_of(request.subject().id));
  } catch (const Cancelled&) {
    return PEDIGREE_CANCELLED;
  }
}

}  // namespace pedigree::weight
