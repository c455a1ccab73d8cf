// SPDX-License-Identifier: MIT
#include "plugins/weight/decide/judgement.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "pedigree/evidence.hpp"
#include "plugins/weight/decide/calibration.hpp"
#include "plugins/weight/decide/kinds.hpp"
#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {
using namespace calibration;

struct Medians {
  double top = 0, bulk = 0, coefficient = 0;
  bool any = false;
};

/// Medians over matrices of the layers that have a source, or (q, k, v, o of paired heads) of those that have none.
Medians spectrum_of(const ComponentFinding& finding, bool with_source = true) {
  std::vector<double> top, bulk, coefficient;
  for (const bool levelled : {false, true}) {  // rows brought to one length speak only when there are no others
    if (!top.empty()) break;
    for (const auto& layer : finding.layers)
      for (const auto& [name, role] : layer.roles) {
        if (!role.spectrum.valid || role.uneven_scale != levelled || (layer.source_layer >= 0) != with_source) continue;
        top.push_back(role.spectrum.top);
        bulk.push_back(role.spectrum.bulk);
        if (name == "gate" || name == "up") coefficient.push_back(role.spectrum.coefficient);
      }
  }
  return {median(top), median(bulk), median(coefficient), !top.empty()};
}

bool only_seed(double top, double bulk) { return top < kSeedRatio * bulk && bulk - top > kSeedGap; }

double clamp_exact(double log10_p) { return std::min(kExactCap, -log10_p); }

/// Log-likelihood ratio of agreement without an exact p: grows with the share that agrees.
double calibrated_lr(double share) { return std::clamp(6.0 * share, 0.0, kCalibratedCap); }

/// What "nothing found" is worth, by what would have been found.
double negative_lr(const ComponentFinding& finding) {
  if (!finding.comparable || finding.stopped) return 0;
  const Power& power = finding.power;
  if (!power.measured) return finding.trials.empty() ? 0 : kNegativeCap / 2;
  if (power.row_correlation <= 0.3 && power.inherited_share <= 0.2) return kNegativeCap;
  return power.row_correlation <= 0.8 ? kNegativeCap / 2 : 0;
}

/// Attention reused alone: heads that resemble each other (`alike` layers of them) or an exact test, and then what
/// they kept is more than a common start. Heads turned inside show no rows to tell that by; likeness that
/// survives the turn is not that of a start which everybody computes alike, whose rows are there.
bool attention_kept(const ComponentFinding& finding, double heads_p, double alike) {
  const Medians kept = spectrum_of(finding, false);
  if (kept.any) return (alike > 0 || heads_p <= kDecisive) && kept.top >= kLearnedKept * kept.bulk;
  return alike > 0;
}

double embedding_p(const ComponentFinding& finding) { return finding.embedding.axis_log10_p; }

}  // namespace

bool embedding_relabelled(const ComponentFinding& finding) {
  return finding.embedding.axes > 0 && finding.embedding.trace_log10_p <= kDecisive;
}

Judgement judge_embedding(const ComponentFinding& finding) {
  Judgement out;
  out.relation = relation::kNone;
  const EmbeddingFinding& e = finding.embedding;
  if (!e.present) return out;
  out.log10_p = embedding_p(finding);
  out.top = e.spectrum.top;
  out.bulk = e.spectrum.bulk;
  out.merge_coefficient = e.spectrum.coefficient;
  out.inherited_share = e.axes > 0 ? static_cast<double>(e.fixed_axes) / static_cast<double>(e.axes) : 0;
  out.exact = out.log10_p <= kDecisive && e.axis_cosine >= 0.1;
  const bool layers =
      std::any_of(finding.layers.begin(), finding.layers.end(), [](auto& l) { return l.source_layer >= 0; });
  const bool through_layers = layers && e.layer_map_cosine >= kMappedEmbedding;
  const bool relabelled = embedding_relabelled(finding);
  const bool rotated = e.held_out_cosine >= kRotatedEmbedding || through_layers || relabelled;
  if (!out.exact && !rotated) {
    out.log10_lr = -0.5;
    return out;
  }
  // A matrix that is mostly learned keeps little of a common start, so half the gap will do.
  const bool seed = e.spectrum.valid && e.spectrum.top < kSeedRatio * e.spectrum.bulk &&
                    e.spectrum.bulk - e.spectrum.top > kSeedGap / 2;
  out.relation = seed ? relation::kSharedInitialization : relation::kDerived;
  out.log10_lr = out.exact ? clamp_exact(out.log10_p)
                 : through_layers || relabelled
                     ? kCalibratedCap
                     : std::min(kCalibratedCap, 1 + kRotatedSlope * (e.held_out_cosine - kRotatedEmbedding));
  if (!out.exact)
    out.inherited_share = through_layers ? e.layer_map_cosine
                          : relabelled   ? e.trace / static_cast<double>(e.axes)
                                         : e.held_out_cosine;
  return out;
}

Judgement judge(const ComponentFinding& finding) {
  Judgement out;
  out.relation = relation::kNone;
  double heads = 0, close = 0;
  for (const auto& layer : finding.layers) {
    if (layer.source_layer >= 0) {
      out.matched_layers += 1;
      close += layer.found_cosine;
    }
    if (layer.heads && layer.heads->similarity >= kHeadSimilarity) heads += 1;
    out.inherited_share += layer.share;
  }
  const auto compared = std::count_if(finding.layers.begin(), finding.layers.end(), [](auto& l) { return l.compared; });
  // After a stop a layer without a source may only have to wait for it.
  const double layers = std::max(
      1.0, static_cast<double>(finding.stopped ? static_cast<std::ptrdiff_t>(finding.layers.size()) : compared));
  const double sources = std::max(1.0, out.matched_layers);
  // A block wider than the reference's cannot have all its units from it.
  const double most = std::min(
      1.0, static_cast<double>(finding.reference_width) / std::max(1.0, static_cast<double>(finding.subject_width)));
  out.few_units =
      out.matched_layers > 0 && out.inherited_share / sources < kFewUnits * most && close / sources >= kCloseUnits;
  out.matched_layers /= layers;
  out.inherited_share /= layers;
  const Judgement embedding = judge_embedding(finding);
  const double units_p = finding.units_log10_p, heads_p = finding.heads_log10_p;
  // Units, heads and axes are relabelled by groups of their own, so their tests may be joined; the best one alone may
  // say more. Both are looked at.
  const double best = corrected_log10_p(std::min({units_p, heads_p, embedding.log10_p}), 3);
  out.log10_p = corrected_log10_p(std::min(best, joined_log10_p(std::array{units_p, heads_p, embedding.log10_p})), 2);
  const Medians medians = spectrum_of(finding);
  out.top = medians.top;
  out.bulk = medians.bulk;
  out.merge_coefficient = medians.any ? medians.coefficient : 1;
  const bool units_exact = units_p <= kDecisive && out.matched_layers > 0;
  const bool by_heads = attention_kept(finding, heads_p, heads);
  out.exact = units_exact || embedding.exact || (heads_p <= kDecisive && (out.matched_layers > 0 || by_heads));
  if (out.matched_layers > 0) {
    const bool seed = medians.any && only_seed(medians.top, medians.bulk);
    // Stopped before a single spectrum: a common start is all that is shown.
    const bool untold = finding.stopped && !medians.any;
    const bool whole = out.matched_layers >= kDerivedLayers && !out.few_units;
    out.relation = seed || untold ? relation::kSharedInitialization : whole ? relation::kDerived : relation::kPartial;
    out.log10_lr = out.exact ? clamp_exact(out.log10_p) : calibrated_lr(out.inherited_share / out.matched_layers);
  } else if (by_heads || embedding.relation != relation::kNone) {
    out.by_heads = by_heads;
    out.by_embedding = embedding.relation == relation::kDerived;
    out.relation = by_heads || embedding.relation == relation::kDerived ? relation::kPartial : embedding.relation;
    out.log10_lr = by_heads && !out.exact ? std::max(calibrated_lr(finding.heads_similarity / 2), embedding.log10_lr)
                                          : std::max(embedding.log10_lr, out.exact ? clamp_exact(out.log10_p) : 0.0);
  } else if (out.log10_p <= kDecisive) {  // dependent, and nothing that was learned is there
    out.exact = true;
    out.relation = relation::kSharedInitialization;
    out.log10_lr = clamp_exact(out.log10_p);
    return out;
  } else {
    out.log10_lr = negative_lr(finding);
    return out;
  }
  out.kinds = kinds_of(finding, out);
  return out;
}

}  // namespace pedigree::weight
