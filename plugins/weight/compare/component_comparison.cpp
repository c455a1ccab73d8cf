// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/component_comparison.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/weight/compare/hidden_alignment.hpp"
#include "plugins/weight/compare/joint_attention.hpp"
#include "plugins/weight/compare/layer_details.hpp"
#include "plugins/weight/compare/map_details.hpp"
#include "plugins/weight/compare/significance.hpp"
#include "plugins/weight/compare/whole_layers.hpp"
#include "plugins/weight/model/folding.hpp"
#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kRowsPerAxis = 2;  // below, a rotation fits the noise of its rows
constexpr std::size_t kTokens = 4096;
constexpr std::size_t kTokenBytes = std::size_t{128} << 20;  // of one side's embedding rows

std::uint64_t width_of(const LayerUnits& units) { return units.blocks.empty() ? 0 : units.blocks.front().width; }

class Comparison {
 public:
  Comparison(const PreparedComponent& subject, const PreparedComponent& reference, const Watch& watch)
      : a_(subject), b_(reference), watch_(watch) {
    if (gate_uncertain()) maps_ *= 2;
  }

  ComponentFinding run() {
    state_shapes();
    compare_embeddings();
    out_.comparable = !a_.units.blocks.empty() && !b_.units.blocks.empty();
    if (out_.comparable) {
      out_.diagonal = diagonal_screen(a_.units, b_.units);
      keeping_what_is_done([&] {
        try_maps();
        if (!stopping()) probe_whole_layers();
      });
      settle_layers();
    } else {
      settle_without_units();
    }
    return std::move(out_);
  }

 private:
  template <class Work>
  void keeping_what_is_done(Work&& work) {
    try {
      work();
    } catch (const Cancelled&) {
      if (out_.trials.empty()) throw;
      out_.stopped = true;
    }
  }

  /// True once the user wants an end: what is finished is settled, nothing more is begun.
  bool stopping() {
    out_.stopped |= watch_.stopped();
    return out_.stopped;
  }

  void state_shapes() {
    const ComponentView &a = *a_.view, &b = *b_.view;
    out_.component = a.component;
    out_.subject_layers = a.layers.size();
    out_.reference_layers = b.layers.size();
    out_.subject_hidden = a.hidden;
    out_.reference_hidden = b.hidden;
    out_.subject_width = width_of(a_.units);
    out_.reference_width = width_of(b_.units);
    out_.subject_experts = a.routed_experts();
    out_.reference_experts = b.routed_experts();
    out_.silenced_rows = a_.units.silenced_rows + b_.units.silenced_rows;
    for (const auto& block : a_.units.blocks)
      if (!block.complete()) out_.sampled_units = block.units.size();
  }

  void compare_embeddings() {
    watch_.poll();
    watch_.report(0, "reading token rows");
    const auto widest = static_cast<std::size_t>(std::max(a_.view->hidden, b_.view->hidden));
    const std::size_t held =
        std::max<std::size_t>(1024, kTokenBytes / (sizeof(float) * std::max<std::size_t>(1, widest)));
    joined_ = joined_rows(*a_.model, *a_.view, *b_.model, *b_.view, std::min(held, std::max(kTokens, 2 * widest)));
    EmbeddingFinding& e = out_.embedding;
    e.basis = joined_.join.basis;
    e.common = joined_.join.tokens.size();
    e.sampled = joined_.sampled;
    e.subject_rows = joined_.join.subject_rows;
    e.reference_rows = joined_.join.reference_rows;
    e.reordered = joined_.join.reordered;
    e.present = !joined_.rows.empty();
    if (!e.present) return;
    axes_ = match_axes(joined_.rows);
    e.axes = axes_.subject_axes;
    e.matched_axes = axes_.matched();
    e.fixed_axes = axes_.fixed();
    e.axis_log10_p = axes_.log10_p();
    e.fixed_axis_cosine = axes_.mean_cosine_of_fixed();
    for (std::size_t i = 0; i < axes_.partner.size(); ++i)
      if (axes_.partner[i] != kNoMatch)
        e.axis_cosine += std::abs(static_cast<double>(axes_.cosine[i])) /
                         static_cast<double>(std::max<std::size_t>(1, e.matched_axes));
  }

  /// No hidden units on one side (state-space layers, unknown names): embeddings and heads can still speak.
  void settle_without_units() {
    std::vector<ResidualMap> maps;
    if (a_.view->hidden == b_.view->hidden) maps.push_back(identity_map(joined_.rows));
    if (!joined_.rows.empty()) {
      maps.push_back(signed_permutation_map(joined_.rows));
      maps.push_back(orthogonal_map(joined_.rows));
    }
    for (auto& map : maps) {
      MapTrial trial;
      trial.kind = map.kind;
      trial.held_out_cosine = map.held_out_cosine;
      out_.trials.push_back(trial);
      if (out_.trials.size() > 1 && map.held_out_cosine <= matching_.map.held_out_cosine) continue;
      out_.chosen = out_.trials.size() - 1;
      matching_.map = std::move(map);
    }
    if (maps.empty()) return;
    settle_embedding();
    for (const auto& layer : a_.view->layers) {
      LayerFinding finding;
      finding.subject_layer = layer.index;
      out_.layers.push_back(std::move(finding));
    }
    const LayerMap nowhere(out_.layers.size(), -1);
    settle_attention(a_, b_, matching_.map, nowhere, static_cast<double>(maps_), watch_, out_);
    out_.comparable = std::any_of(out_.layers.begin(), out_.layers.end(), [](auto& l) { return l.heads.has_value(); });
    if (!out_.comparable) out_.layers.clear();
  }

  /// Maps in order of cost; stops at the first under which layers correspond.
  void try_maps() {
    const bool same_width = a_.view->hidden == b_.view->hidden;
    if (same_width && (attempt(identity_map(joined_.rows)) || stopping())) return;
    if (!joined_.rows.empty()) {
      const ResidualMap relabelled = signed_permutation_map(joined_.rows);
      watch_.poll();
      rotated_ = orthogonal_map(joined_.rows);
      out_.embedding.trace = residual_trace(rotated_);
      out_.embedding.trace_log10_p = haar_trace_log10_p(a_.view->hidden, out_.embedding.trace);
      const ResidualMap& rotated = rotated_;
      const bool plain = relabelled.held_out_cosine > rotated.held_out_cosine - 0.03;
      if (attempt(plain ? relabelled : rotated) || stopping()) return;
      if (!plain && relabelled.held_out_cosine < trials_best_cosine() / 2) return attempt_hidden();
      if (attempt(plain ? rotated : relabelled) || stopping()) return;
    }
    attempt_hidden();
  }

  double trials_best_cosine() const {
    double best = 0;
    for (const auto& trial : out_.trials) best = std::max(best, trial.held_out_cosine);
    return best;
  }

  /// True when at least one pair of layers is related under this map.
  bool attempt(const ResidualMap& map) {
    if (attempt_with(a_.units, map, false)) return true;
    if (!gate_uncertain() || stopping()) return false;
    if (!swapped_) swapped_ = read_layer_units(*a_.model, *a_.view, a_.plan, watch_.next_stage(), true);
    return attempt_with(*swapped_, map, true);
  }

  /// Judged on units the map was not made from; once related, all units describe the layers.
  void attempt_hidden() {
    const auto found = hidden_unit_alignment(a_.units, b_.units);
    if (!found) return;
    const HiddenUnitAlignment& hidden = *found;
    const LayerUnits subject = odd_units(a_.units), reference = odd_units(b_.units);
    LayerMatching judged = match_layers(subject, reference, hidden.map, watch_);
    const bool related = judged.best_log10_p + std::log10(static_cast<double>(maps_)) <= kRelated;
    record(std::move(judged), false);
    if (out_.chosen + 1 == out_.trials.size() && out_.trials.back().kind == Alignment::kHiddenUnits)
      matching_ = match_layers(a_.units, b_.units, related ? hidden.map : ResidualMap{}, watch_);
  }

  bool gate_uncertain() const { return a_.view->gate_up_uncertain() != b_.view->gate_up_uncertain(); }

  bool attempt_with(const LayerUnits& subject, const ResidualMap& map, bool swapped) {
    return record(match_layers(subject, b_.units, map, watch_), swapped);
  }

  bool record(LayerMatching matching, bool swapped) {
    out_.stopped |= matching.stopped;
    MapTrial trial;
    trial.kind = matching.map.kind;
    trial.held_out_cosine = matching.map.held_out_cosine;
    trial.best_log10_p = matching.best_log10_p;
    trial.diagonal_log10_p = matching.diagonal_log10_p;
    trial.comparisons = matching.comparisons;
    trial.swapped_gate_up = swapped;
    bool related = matching.best_log10_p + std::log10(static_cast<double>(maps_)) <= kRelated;
    for (const auto& pair : matching.pairs) {
      trial.best_share = std::max(trial.best_share, pair.share());
      trial.best_agreement = std::max(trial.best_agreement, pair.agree_share);
      related |= significant(pair, tests_of(matching));
    }
    out_.trials.push_back(trial);
    out_.units_log10_p =
        std::min(out_.units_log10_p, corrected_log10_p(matching.best_log10_p, static_cast<double>(maps_)));
    related_ |= related;
    if (related || out_.trials.size() == 1) {
      out_.blocks_done = matching.blocks_done;
      matching_ = std::move(matching);
      out_.chosen = out_.trials.size() - 1;
    }
    return related;
  }

  const LayerUnits& subject_units() const {
    if (probe_) return probe_->subject;
    return out_.trials[out_.chosen].swapped_gate_up ? *swapped_ : a_.units;
  }
  const LayerUnits& reference_units() const { return probe_ ? probe_->reference : b_.units; }

  double tests_of(const LayerMatching& matching) const { return static_cast<double>(matching.comparisons * maps_); }

  /// A sample cannot see permuted or pruned units, or meets too few of them to show a source for every layer: some are
  /// looked for among all, and what shows a source for more layers is kept.
  void probe_whole_layers() {
    if (!a_.units.sampled() && !b_.units.sampled()) return;
    FoundLayers seen;
    if (related_) {
      seen = found_layers(matching_, a_.units, tests_of(matching_));
      if (seen.share >= 1 || !seen.moved || out_.trials[out_.chosen].swapped_gate_up) return;
    }
    const bool same_width = a_.view->hidden == b_.view->hidden;
    const bool plain = same_width && (joined_.rows.empty() || out_.trials.front().held_out_cosine >= 0.3);
    if (!related_ && !plain && joined_.rows.empty()) return;
    const ResidualMap map = related_ ? matching_.map : plain ? identity_map(joined_.rows) : rotated_;
    WholeLayerSearch search = search_whole_layers(a_, b_, map, watch_);
    if (related_ && found_layers(search.matching, search.subject, tests_of(search.matching)).share <= seen.share)
      return;
    if (record(LayerMatching(search.matching), false)) probe_ = std::move(search);
  }

  /// Makes a map found from tokens again, from the units it matched: to describe, never for a p-value.
  void refine_map() {
    const ResidualMap& map = matching_.map;
    const bool turned = map.kind == Alignment::kOrthogonal || map.kind == Alignment::kHiddenUnits;
    const auto enough = [this](Index rows) {
      return rows >= kRowsPerAxis * static_cast<Index>(std::max(a_.view->hidden, b_.view->hidden));
    };
    out_.basis_fixed = !turned || (map.dense() != nullptr && enough(joined_.rows.subject.rows()));
    if (stopping() || map.kind == Alignment::kIdentity || probe_) return;
    const double tests = tests_of(matching_);
    TokenRows rows = matched_rows(subject_units(), b_.units, matching_.pairs,
                                  [&](const BlockMatch& pair) { return significant(pair, tests); });
    if (rows.empty() || !enough(rows.subject.rows())) return;
    ResidualMap better = orthogonal_map(rows);
    out_.basis_fixed |= better.dense() != nullptr;
    const bool relabelled = matching_.map.kind == Alignment::kSignedPermutation ||
                            (better.dense() != nullptr && nearly_permutation(*better.dense()));
    if (relabelled)
      better = rounded_to_permutation(better);
    else
      better.kind = matching_.map.kind;
    out_.trials[out_.chosen].kind = better.kind;
    better.held_out_cosine = matching_.map.held_out_cosine;
    LayerMatching again = match_layers(subject_units(), b_.units, better, watch_);
    keep_p_values(matching_, again);
    matching_ = std::move(again);
  }

  void settle_layers() {
    keeping_what_is_done([&] { refine_map(); });
    if (stopping())
      out_.embedding.present = false;  // what of it was learned is not known yet
    else
      settle_embedding();
    const LayerUnits& subject = subject_units();
    const double tests = tests_of(matching_);
    MatrixD similarity = MatrixD::Zero(matching_.share.rows(), matching_.share.cols());
    for (const auto& pair : matching_.pairs)
      if (significant(pair, tests))
        similarity(static_cast<Index>(subject.blocks[pair.subject_block].layer),
                   static_cast<Index>(reference_units().blocks[pair.reference_block].layer)) += pair.share();
    const LayerMap map = align_layers(similarity, 1e-9);
    out_.blocks_planned = reference_units().blocks.size();
    for (std::size_t l = 0; l < map.size(); ++l) settle_layer(subject, l, map[l], tests);
    if (stopping()) return;
    const auto paid = static_cast<double>(maps_);
    keeping_what_is_done([&] { settle_attention(a_, b_, matching_.map, map, paid, watch_, out_); });
    measure_power();
    out_.subject_form = stored_form(*a_.model, *a_.view);
    out_.reference_form = stored_form(*b_.model, *b_.view);
  }

  void settle_layer(const LayerUnits& subject, std::size_t l, int source, double tests) {
    LayerFinding finding;
    finding.subject_layer = a_.view->layers[l].index;
    const BlockMatch* best = nullptr;
    double blocks = 0;
    for (const auto& block : subject.blocks) blocks += block.layer == l;
    finding.compared = blocks > 0;
    for (const auto& pair : matching_.pairs) {
      if (subject.blocks[pair.subject_block].layer != l) continue;
      if (static_cast<int>(reference_units().blocks[pair.reference_block].layer) != source) {
        out_.independent_agreement.push_back(pair.agree_share);
        continue;
      }
      if (!significant(pair, tests)) continue;
      finding.share += pair.inherited() / blocks;
      finding.fixed_share += pair.fixed_share / blocks;
      finding.agree_share += pair.agreeing() / blocks;
      finding.mean_cosine += pair.match.mean_similarity_of_matched() / blocks;
      finding.found_cosine = std::max(finding.found_cosine, pair.match.mean_similarity_of_found(pair.same_units));
      finding.log10_p = std::min(finding.log10_p, pair.log10_p);
      finding.run_log10_p = std::min(finding.run_log10_p, pair.p.run);
      const auto signs = pair.match.signs();
      finding.signs = {finding.signs.pairs + signs.pairs, finding.signs.plus + signs.plus};
      const auto expert_of = [](const PreparedComponent& p, const LayerUnits::Block& block) {
        return p.view->layers[block.layer].mlps[block.mlp].expert;
      };
      const int from = expert_of(b_, reference_units().blocks[pair.reference_block]);
      const int to = expert_of(a_, subject.blocks[pair.subject_block]);
      finding.experts_moved += from >= 0 && to >= 0 && from != to;
      if (best == nullptr || pair.share() > best->share()) best = &pair;
    }
    if (best != nullptr) {
      finding.source_layer = b_.view->layers[static_cast<std::size_t>(source)].index;
      // After a stop one layer is still described: without it a common seed could not be told from descent.
      if (!stopping() || described_++ == 0)
        describe_layers(a_, subject.blocks[best->subject_block], b_, reference_units().blocks[best->reference_block],
                        matching_.map, *best, out_.trials[out_.chosen].swapped_gate_up, finding);
    }
    out_.layers.push_back(std::move(finding));
  }

  /// Spectrum of the embedding under the chosen map.
  void settle_embedding() {
    EmbeddingFinding& e = out_.embedding;
    if (!e.present) return;
    for (const auto& trial : out_.trials)
      if (trial.held_out_cosine > e.held_out_cosine) {
        e.held_out_cosine = trial.held_out_cosine;
        e.best = trial.kind;
      }
    const bool narrowed = a_.view->hidden != b_.view->hidden;
    const bool by_axes = (narrowed || !related_) && e.axis_log10_p <= kRelated;  // the axes that matched are the map
    const bool rotated = e.axis_log10_p > kRelated && e.best == Alignment::kOrthogonal;
    const bool relabelled = e.axis_log10_p > kRelated && e.trace_log10_p <= kRelated;
    const ResidualMap map = relabelled               ? rounded_to_permutation(rotated_)
                            : !rotated               ? matching_.map
                            : rotated_.is_identity() ? orthogonal_map(joined_.rows)
                                                     : rotated_;
    if (narrowed && map.is_identity() && !by_axes) return;
    e.spectrum = by_axes ? axis_spectrum(joined_, axes_)
                         : inheritance_spectrum(joined_.subject_raw, map.apply(joined_.reference_raw));
    e.layer_map_cosine =
        mean_row_cosine(all_rows(joined_.rows.subject), all_rows(joined_.rows.reference), matching_.map);
  }

  void measure_power() {
    const bool found = std::any_of(out_.layers.begin(), out_.layers.end(), [](auto& l) { return l.source_layer >= 0; });
    if (found) return;
    const std::size_t middle = a_.units.blocks.size() / 2;
    if (middle >= b_.units.blocks.size()) return;
    const auto &a = a_.units.blocks[middle], &b = b_.units.blocks[middle];
    const bool same = a.width == b.width && a.units == b.units;
    if (!same && !(a.complete() && b.complete())) return;
    const bool indexed = same && out_.subject_layers == out_.reference_layers;
    out_.power =
        spike_in(a.parts, mapped_units(b.parts, matching_.map), indexed ? out_.subject_layers : 1, tests_of(matching_));
  }

  const PreparedComponent& a_;
  const PreparedComponent& b_;
  const Watch& watch_;
  ComponentFinding out_;
  JoinedRows joined_;
  AxisMatch axes_;
  LayerMatching matching_;
  std::optional<LayerUnits> swapped_;
  std::optional<WholeLayerSearch> probe_;
  ResidualMap rotated_;
  std::size_t described_ = 0;
  std::size_t maps_ = 5;  ///< four residual maps and the search of whole layers may be tried: paid for in every p
  bool related_ = false;
};

}  // namespace

ComponentFinding compare_component(const PreparedComponent& subject, const PreparedComponent& reference,
                                   const Watch& watch) {
  return Comparison(subject, reference, watch).run();
}

}  // namespace pedigree::weight
