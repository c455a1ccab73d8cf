// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/layer_details.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plugins/weight/model/folding.hpp"

namespace pedigree::weight {
namespace {

constexpr double kKeepsDirection = 0.1;  // below this cosine a raw q, k, v or o says nothing

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

RoleFinding role_finding(Rows rows) {
  RoleFinding out;
  const RowScale scale = level_rows(rows);
  out.row_scale = scale.middle;
  out.uneven_scale = scale.uneven;
  out.spectrum = inheritance_spectrum(rows.subject, rows.reference);
  return out;
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
  auto add = [&](const char* name, Matrix UnitParts::*part) {
    if ((a.*part).rows() == 0 || (b.*part).rows() == 0) return;
    silence_non_finite_rows(a.*part);
    silence_non_finite_rows(b.*part);
    Rows rows = matched_rows(a.*part, map.apply(b.*part), partner);
    if (!finding.difference.valid) finding.difference = difference_of(rows.subject, rows.reference);
    finding.roles[name] = role_finding(std::move(rows));
  };
  add("gate", &UnitParts::gate);
  add("up", &UnitParts::up);
  add("down", &UnitParts::down);
}

AttentionParts mapped(AttentionParts parts, const ResidualMap& map) {
  for (auto member : {&AttentionParts::q, &AttentionParts::k, &AttentionParts::v, &AttentionParts::o})
    if ((parts.*member).rows() > 0) parts.*member = map.apply(parts.*member);
  return parts;
}

/// Rows of whole heads, reference heads put where their partners are.
Rows head_rows(const Matrix& subject, const Matrix& reference, const std::vector<std::uint32_t>& partner,
               std::uint64_t heads, std::uint64_t size) {
  const std::uint64_t per = partner.empty() ? 1 : partner.size() / std::max<std::uint64_t>(1, heads);
  std::vector<std::uint32_t> rows(static_cast<std::size_t>(subject.rows()), kNoMatch);
  for (std::uint64_t h = 0; h < heads; ++h) {
    const std::uint32_t other = partner.empty() ? static_cast<std::uint32_t>(h) : partner[h * per];
    if (other == kNoMatch) continue;
    for (std::uint64_t i = 0; i < size; ++i) rows[h * size + i] = static_cast<std::uint32_t>(other / per * size + i);
  }
  std::replace_if(
      rows.begin(), rows.end(), [&](auto r) { return r != kNoMatch && r >= reference.rows(); }, kNoMatch);
  return matched_rows(subject, reference, rows);
}

void describe_attention(const AttentionParts& a, const AttentionParts& b, HeadCounts counts, LayerFinding& finding) {
  const std::vector<std::uint32_t> none;
  const auto& partner = finding.heads && finding.heads->valid ? finding.heads->partner : none;
  auto add = [&](const char* name, const Matrix& x, const Matrix& y, std::uint64_t heads) {
    if (x.rows() == 0 || y.rows() == 0 || heads == 0 || x.cols() != y.cols()) return;
    if (static_cast<Index>(heads * counts.size) != x.rows()) return;
    RoleFinding found = role_finding(head_rows(x, y, partner, heads, counts.size));
    if (std::abs(found.spectrum.cosine) >= kKeepsDirection) finding.roles[name] = std::move(found);
  };
  add("q", a.q, b.q, counts.query);
  add("k", a.k, b.k, counts.key_value);
  add("v", a.v, b.v, counts.key_value);
  add("o", a.o, b.o, counts.query);
}

HeadCounts head_counts(const ComponentView& view) { return {view.heads, view.kv_heads, view.head_size}; }

}  // namespace

ValueTexture stored_texture(const PreparedComponent& prepared) {
  const LayerView& layer = prepared.view->layers[prepared.view->layers.size() / 2];
  if (layer.mlps.empty()) return {};
  const WeightRef& ref = layer.mlps.front().up.present() ? layer.mlps.front().up : layer.mlps.front().down;
  if (!ref.present()) return {};
  return texture_of(load_rows(prepared.model->store(), ref, spread_indices(ref.rows(), 128)));
}

bool describes_attention(const ComponentView& view, std::size_t layer) {
  constexpr std::uint64_t kWide = 2048;
  constexpr std::size_t kLayers = 8;
  return view.hidden <= kWide || layer % std::max<std::size_t>(1, view.layers.size() / kLayers) == 0;
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
  const AttentionParts a = load_attention(*subject.model, *subject.view, subject.view->layers[l]);
  const AttentionParts b = mapped(load_attention(*reference.model, *reference.view, reference.view->layers[r]), map);
  HeadMatch heads = match_heads(a, head_counts(*subject.view), b, head_counts(*reference.view));
  const bool valid = heads.valid;
  if (valid) finding.heads = std::move(heads);
  if (valid || finding.source_layer >= 0) describe_attention(a, b, head_counts(*subject.view), finding);
}

}  // namespace pedigree::weight
