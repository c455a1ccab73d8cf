// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/layer_details.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plugins/weight/model/attention_rows.hpp"
#include "plugins/weight/model/folding.hpp"

namespace pedigree::weight {
namespace {

constexpr std::uint64_t kDescribedBytes = std::uint64_t{64} << 20;
constexpr double kKeepsDirection = 0.1;  // below this cosine a raw q, k, v or o says nothing
constexpr double kSameDirection = 0.9;   // below this a change of q, k, v or o may be a turn of channels

struct Rows {
  Matrix subject, reference;
};

/// Row lengths' ratio, and rows brought to the reference's length where the ratio varies by unit:
/// up*s, down/s changes lengths per unit and nothing else.
struct RowScale {
  double middle = 1;
  bool uneven = false;
};
RowScale level_rows(Rows& rows) {
  std::vector<double> ratios;
  for (Index i = 0; i < rows.subject.rows(); ++i) {
    const double a = static_cast<double>(rows.subject.row(i).norm()),
                 b = static_cast<double>(rows.reference.row(i).norm());
    if (a > 0 && b > 0) ratios.push_back(a / b);
  }
  const double middle = median(ratios);
  std::size_t far = 0;
  for (const double r : ratios) far += r > 1.6 * middle || r < middle / 1.6;
  if (ratios.empty() || far * 5 < ratios.size()) return {ratios.empty() ? 1 : middle, false};
  for (Index i = 0; i < rows.subject.rows(); ++i) {
    const float a = rows.subject.row(i).norm(), b = rows.reference.row(i).norm();
    if (a > 0 && b > 0) rows.subject.row(i) *= b / a;
  }
  return {middle, true};
}

/// Rows of matched units, in the subject's order and basis.
Rows matched_rows(const Matrix& subject, const Matrix& reference, const std::vector<std::uint32_t>& partner) {
  std::vector<std::pair<Index, Index>> pairs;
  for (std::size_t i = 0; i < partner.size(); ++i)
    if (partner[i] != kNoMatch) pairs.emplace_back(static_cast<Index>(i), static_cast<Index>(partner[i]));
  Rows out{Matrix(static_cast<Index>(pairs.size()), subject.cols()),
           Matrix(static_cast<Index>(pairs.size()), reference.cols())};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    out.subject.row(static_cast<Index>(i)) = subject.row(pairs[i].first);
    out.reference.row(static_cast<Index>(i)) = reference.row(pairs[i].second);
  }
  return out;
}

/// Levels the rows where it must.
RoleFinding role_finding(Rows& rows) {
  RoleFinding out;
  const RowScale scale = level_rows(rows);
  out.row_scale = scale.middle;
  out.uneven_scale = scale.uneven;
  out.spectrum = inheritance_spectrum(rows.subject, rows.reference);
  return out;
}

/// Weights that pruning set to zero, which says nothing of the others: zero on both sides.
void leave_out_pruned(Rows& rows) {
  constexpr double kPruned = 0.2, kNotPruned = 0.05;  // exact zeros, as a share
  const auto zeros = [](const Matrix& m) { return static_cast<double>((m.array() == 0).count()); };
  const auto size = static_cast<double>(rows.subject.size());
  if (zeros(rows.subject) < kPruned * size || zeros(rows.reference) > kNotPruned * size) return;
  rows.reference = (rows.subject.array() == 0).select(0.F, rows.reference);
}

/// Keeps the difference of the first role that changed by more than rounding. Costs a decomposition only there.
void note_change(Rows rows, LayerFinding& finding) {
  if (finding.difference.valid && finding.difference.relative_norm > kRounding) return;
  leave_out_pruned(rows);
  const double change = relative_change(rows.subject, rows.reference);
  if (finding.difference.valid && !(change > kRounding)) return;
  finding.difference = difference_of(rows.subject, rows.reference);
}

/// Up and down changed sign together in some of the units.
bool signs_turned(UnitMatch::Signs signs) {
  constexpr std::size_t kFewest = 32;
  return signs.pairs >= kFewest && signs.plus * 20 > signs.pairs && signs.plus * 20 < signs.pairs * 19;
}

void undo_signs(Matrix& part, const UnitMatch& match) {
  for (std::size_t i = 0; i < match.sign.size(); ++i)
    if (match.sign[i] < 0) part.row(static_cast<Index>(i)) *= -1.F;
}

/// Which rows describe the change: only the units found when some are not and those that are, are close copies; every
/// unit at its own place when places are kept; every mutual neighbour otherwise.
std::vector<std::uint32_t> described_units(const BlockMatch& pair) {
  constexpr double kFew = 0.3, kAll = 0.9, kClose = 0.5;
  if (pair.share() < kAll && pair.match.mean_similarity_of_found(pair.same_units) >= kClose)
    return pair.match.found(pair.same_units);
  if (!pair.same_units || pair.fixed_share < kFew) return pair.match.partner;
  std::vector<std::uint32_t> own(pair.match.partner.size());
  std::iota(own.begin(), own.end(), 0U);
  return own;
}

void describe_units(const PreparedComponent& subject, const LayerUnits::Block& sb, const PreparedComponent& reference,
                    const LayerUnits::Block& rb, const ResidualMap& map, const BlockMatch& pair, bool swapped,
                    LayerFinding& finding) {
  const LayerView& sl = subject.view->layers[sb.layer];
  const LayerView& rl = reference.view->layers[rb.layer];
  UnitParts a = load_units(*subject.model, *subject.view, sl, sl.mlps[sb.mlp], sb.units, swapped);
  UnitParts b = load_units(*reference.model, *reference.view, rl, rl.mlps[rb.mlp], rb.units);
  const std::vector<std::uint32_t> partner = described_units(pair);
  const bool turned = signs_turned(pair.match.signs());
  auto add = [&](const char* name, Matrix UnitParts::*part, bool signed_part) {
    if ((a.*part).rows() == 0 || (b.*part).rows() == 0) return;
    silence_non_finite_rows(a.*part);
    silence_non_finite_rows(b.*part);
    if (turned && signed_part) undo_signs(a.*part, pair.match);
    Rows rows = matched_rows(a.*part, map.apply(b.*part), partner);
    RoleFinding found = role_finding(rows);
    note_change(std::move(rows), finding);
    finding.roles[name] = std::move(found);
  };
  add("gate", &UnitParts::gate, false);
  add("up", &UnitParts::up, true);
  add("down", &UnitParts::down, true);
  finding.units_equal = finding.difference.valid && finding.difference.relative_norm <= kRounding;
}

/// Heads of one part of both sides, the reference's put where their partners are: all of them, or as many,
/// evenly spaced, as kDescribedBytes hold.
Rows head_rows(const AttentionRows& a, const AttentionRows& b, AttentionPart part,
               const std::vector<std::uint32_t>& partner, std::uint64_t heads, std::uint64_t size) {
  const auto length = static_cast<Index>(size);
  const std::uint64_t bytes = size * static_cast<std::uint64_t>(a.width()) * sizeof(float);
  const std::uint64_t per = partner.empty() ? 1 : std::max<std::uint64_t>(1, partner.size() / heads);
  std::vector<std::pair<Index, Index>> pairs;
  for (const auto h : spread_indices(heads, std::max<std::uint64_t>(1, kDescribedBytes / bytes))) {
    const std::uint32_t other = partner.empty() ? h : partner[h * per];
    if (other == kNoMatch) continue;
    const Index own = static_cast<Index>(h) * length, theirs = static_cast<Index>(other / per) * length;
    if (theirs + length <= b.rows(part)) pairs.emplace_back(own, theirs);
  }
  Rows out{Matrix(static_cast<Index>(pairs.size()) * length, a.width()),
           Matrix(static_cast<Index>(pairs.size()) * length, b.width())};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    out.subject.middleRows(static_cast<Index>(i) * length, length) = a.read(part, pairs[i].first, length);
    out.reference.middleRows(static_cast<Index>(i) * length, length) = b.read(part, pairs[i].second, length);
  }
  return out;
}

void describe_attention(const AttentionRows& a, const AttentionRows& b, HeadCounts counts, LayerFinding& finding) {
  const std::vector<std::uint32_t> none;
  const auto& partner = finding.heads && finding.heads->valid ? finding.heads->partner : none;
  auto add = [&](const char* name, AttentionPart part, std::uint64_t heads) {
    if (a.rows(part) == 0 || b.rows(part) == 0 || heads == 0 || counts.size == 0 || a.width() != b.width()) return;
    if (static_cast<Index>(heads * counts.size) != a.rows(part)) return;
    Rows rows = head_rows(a, b, part, partner, heads, counts.size);
    RoleFinding found = role_finding(rows);
    if (std::abs(found.spectrum.cosine) < kKeepsDirection) return;
    if (found.spectrum.cosine >= kSameDirection && finding.source_layer >= 0) note_change(std::move(rows), finding);
    finding.roles[name] = std::move(found);
  };
  add("q", AttentionPart::kQuery, counts.query);
  add("k", AttentionPart::kKey, counts.key_value);
  add("v", AttentionPart::kValue, counts.key_value);
  add("o", AttentionPart::kOutput, counts.query);
}

/// The attention of layer `l`, of the reference in the subject's basis.
AttentionRows attention_of(const PreparedComponent& prepared, std::size_t l, const ResidualMap& map = {}) {
  return {*prepared.model, *prepared.view, prepared.view->layers[l], map};
}

/// W10 over the leading rows of q and k, all of them where they fit.
void compare_loosely(const PreparedComponent& subject, const AttentionRows& a, const PreparedComponent& reference,
                     const AttentionRows& b, LayerFinding& finding) {
  if (subject.view->hidden != reference.view->hidden || a.width() != b.width()) return;
  const auto held = static_cast<Index>(kDescribedBytes / (sizeof(float) * static_cast<std::uint64_t>(a.width())));
  const auto leading = [&](const AttentionRows& rows, AttentionPart part) {
    return rows.read(part, 0, std::min(rows.rows(part), std::max<Index>(1, held)));
  };
  double cka = 0;
  for (const auto part : {AttentionPart::kQuery, AttentionPart::kKey}) {
    if (a.rows(part) == 0 || b.rows(part) == 0) return;
    cka += unbiased_cka(leading(a, part), leading(b, part)) / 2;
  }
  finding.comparators = {cka, spectrum_likeness(leading(a, AttentionPart::kQuery), leading(b, AttentionPart::kQuery))};
}

/// A matrix that began as the identity says which axis each channel reads: its channels are no free labels, and two
/// models that began so agree without any descent.
bool began_as_identity(const AttentionRows& rows, AttentionPart part) {
  constexpr Index kRows = 64;
  constexpr double kOften = 10;  // times the energy that lies on the diagonal by chance
  const Index count = std::min({kRows, rows.rows(part), rows.width()});
  if (count < 8) return false;
  const Matrix read = rows.read(part, 0, count);
  double on = 0, all = 0;
  for (Index i = 0; i < count; ++i) {
    on += static_cast<double>(read(i, i)) * static_cast<double>(read(i, i));
    all += static_cast<double>(read.row(i).squaredNorm());
  }
  return on * static_cast<double>(rows.width()) > kOften * all;
}

bool both_began_as_identity(const AttentionRows& a, const AttentionRows& b) {
  for (const auto part : {AttentionPart::kQuery, AttentionPart::kKey, AttentionPart::kValue, AttentionPart::kOutput})
    if (began_as_identity(a, part) && began_as_identity(b, part)) return true;
  return false;
}

HeadCounts head_counts(const ComponentView& view) { return {view.heads, view.kv_heads, view.head_size}; }

}  // namespace

std::size_t attention_step(const ComponentView& view) {
  constexpr double kLayers = 8, kFewest = 2, kWidth = 4096;
  const double narrower = kWidth / static_cast<double>(std::max<std::uint64_t>(1, view.hidden));
  const auto layers = static_cast<std::size_t>(std::clamp(kLayers * narrower * narrower, kFewest, kLayers));
  return std::max<std::size_t>(1, view.layers.size() / layers);
}

bool describes_attention(const ComponentView& view, std::size_t layer) {
  constexpr std::uint64_t kWide = 2048;
  return view.hidden <= kWide || layer % attention_step(view) == 0;
}

void describe_layers(const PreparedComponent& subject, const LayerUnits::Block& subject_block,
                     const PreparedComponent& reference, const LayerUnits::Block& reference_block,
                     const ResidualMap& map, const BlockMatch& pair, bool swapped, LayerFinding& finding) {
  describe_units(subject, subject_block, reference, reference_block, map, pair, swapped, finding);
  const std::size_t l = subject_block.layer, r = reference_block.layer;
  if (!describes_attention(*subject.view, l)) return;
  describe_attention_alone(subject, l, reference, r, map, finding);
}

void describe_attention_alone(const PreparedComponent& subject, std::size_t l, const PreparedComponent& reference,
                              std::size_t r, const ResidualMap& map, LayerFinding& finding) {
  const AttentionRows a = attention_of(subject, l), b = attention_of(reference, r, map);
  if (a.width() == 0 || b.width() == 0) return;  // a layer by its name that holds nothing known
  if (a.width() == b.width() && both_began_as_identity(a, b)) return;
  compare_loosely(subject, a, reference, b, finding);
  HeadMatch heads = match_heads(a, head_counts(*subject.view), b, head_counts(*reference.view));
  const bool valid = heads.valid;
  if (valid) finding.heads = std::move(heads);
  if (valid || finding.source_layer >= 0) describe_attention(a, b, head_counts(*subject.view), finding);
}

}  // namespace pedigree::weight
