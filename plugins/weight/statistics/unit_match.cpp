// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/unit_match.hpp"

#include <algorithm>
#include <limits>

#include "plugins/weight/statistics/increasing_run.hpp"
#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kTileRows = 128;
constexpr Index kTileColumns = 256;
constexpr float kLowest = -std::numeric_limits<float>::infinity();

/// Running maximum with its place; the first of equals wins, so the order of tiles decides nothing
/// as long as tiles are visited in index order.
struct Best {
  std::vector<float> value;
  std::vector<std::uint32_t> at;
  explicit Best(Index n) : value(static_cast<std::size_t>(n), kLowest), at(static_cast<std::size_t>(n), kNoMatch) {}
  void offer(std::size_t slot, float candidate, std::size_t index) {
    if (candidate <= value[slot]) return;
    value[slot] = candidate;
    at[slot] = static_cast<std::uint32_t>(index);
  }
};

void offer_rows(const Matrix& tile, Index row0, Index column0, Best& rows) {
  for (Index i = 0; i < tile.rows(); ++i) {
    Index at = 0;
    const float value = tile.row(i).maxCoeff(&at);
    rows.offer(static_cast<std::size_t>(row0 + i), value, static_cast<std::size_t>(column0 + at));
  }
}

void offer_columns(const Matrix& tile, Index row0, Index column0, Best& columns) {
  for (Index i = 0; i < tile.rows(); ++i)
    for (Index j = 0; j < tile.cols(); ++j)
      columns.offer(static_cast<std::size_t>(column0 + j), tile(i, j), static_cast<std::size_t>(row0 + i));
}

bool both(const Matrix& a, const Matrix& b) { return a.rows() > 0 && b.rows() > 0 && a.cols() == b.cols(); }

struct Pass {
  bool gate, up, down;
  Best joint, by_gate, by_up, by_down, reverse;
  Pass(const UnitParts& a, const UnitParts& b)
      : gate(both(a.gate, b.gate)),
        up(both(a.up, b.up)),
        down(both(a.down, b.down)),
        joint(a.units()),
        by_gate(a.units()),
        by_up(a.units()),
        by_down(a.units()),
        reverse(b.units()) {}
  std::size_t parts() const { return static_cast<std::size_t>(gate) + up + down; }

  void tile(const UnitParts& a, const UnitParts& b, Index row0, Index rows, Index column0, Index columns) {
    Matrix sum = Matrix::Zero(rows, columns);
    Matrix part(rows, columns);
    auto product = [&](const Matrix& x, const Matrix& y, Best& best) {
      part.noalias() = x.middleRows(row0, rows) * y.middleRows(column0, columns).transpose();
      offer_rows(gate ? Matrix(part.cwiseAbs()) : part, row0, column0, best);
      sum += part;
    };
    if (up) product(a.up, b.up, by_up);
    if (down) product(a.down, b.down, by_down);
    if (gate) {
      sum = sum.cwiseAbs().eval();  // up*s, down/s with s < 0 flips both
      product(a.gate, b.gate, by_gate);
    }
    offer_rows(sum, row0, column0, joint);
    offer_columns(sum, row0, column0, reverse);
  }
};

bool alive(const UnitParts& parts, Index i) {
  auto some = [i](const Matrix& m) { return m.rows() > i && !m.row(i).isZero(0); };
  return some(parts.gate) || some(parts.up) || some(parts.down);
}

/// Every reference unit is used once, by the first that names it.
void toss_signs(const UnitParts& a, const UnitParts& b, const Pass& pass, UnitMatch& match) {
  if (!pass.gate || !pass.up || !pass.down) return;
  match.sign.assign(match.subject_units, 0);
  std::vector<bool> used(match.reference_units, false);
  for (std::size_t i = 0; i < match.subject_units; ++i) {
    const std::uint32_t j = pass.by_gate.at[i];
    if (j == kNoMatch || pass.by_up.at[i] != j || pass.by_down.at[i] != j || used[j]) continue;
    const float cosine = a.down.row(static_cast<Index>(i)).dot(b.down.row(static_cast<Index>(j)));
    match.sign[i] = static_cast<std::int8_t>((cosine > 0) - (cosine < 0));
    used[j] = true;
  }
}

UnitMatch settle(const UnitParts& a, const UnitParts& b, const Pass& pass) {
  UnitMatch match;
  match.subject_units = static_cast<std::size_t>(a.units());
  match.reference_units = static_cast<std::size_t>(b.units());
  match.parts = pass.parts();
  match.partner.assign(match.subject_units, kNoMatch);
  match.similarity.assign(match.subject_units, 0.0F);
  match.parts_agree.assign(match.subject_units, 0);
  for (std::size_t i = 0; i < match.subject_units; ++i) {
    const std::uint32_t j = pass.joint.at[i];
    if (j == kNoMatch || !alive(a, static_cast<Index>(i)) || !alive(b, static_cast<Index>(j))) continue;
    match.similarity[i] = pass.joint.value[i] / static_cast<float>(match.parts);
    if (pass.reverse.at[j] == i && pass.joint.value[i] > 0) match.partner[i] = j;
    const bool agree = (!pass.gate || pass.by_gate.at[i] == j) && (!pass.up || pass.by_up.at[i] == j) &&
                       (!pass.down || pass.by_down.at[i] == j);
    match.parts_agree[i] = static_cast<std::uint8_t>(agree && match.parts >= 2);
  }
  toss_signs(a, b, pass, match);
  return match;
}

}  // namespace

std::size_t UnitParts::prepare() {
  std::size_t silenced = 0;
  for (Matrix* part : {&gate, &up, &down}) {
    silenced += silence_non_finite_rows(*part);
    if (part == &gate || !gated())
      centre_and_normalise_rows(*part);
    else
      normalise_rows(*part);
  }
  return silenced;
}

std::size_t UnitMatch::matched() const {
  return static_cast<std::size_t>(std::count_if(partner.begin(), partner.end(), [](auto j) { return j != kNoMatch; }));
}

std::size_t UnitMatch::fixed() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < partner.size(); ++i) count += partner[i] == i;
  return count;
}

std::size_t UnitMatch::agreeing() const {
  return static_cast<std::size_t>(std::count(parts_agree.begin(), parts_agree.end(), 1));
}

std::size_t UnitMatch::agreeing_mutual() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < partner.size(); ++i) count += partner[i] != kNoMatch && parts_agree[i] != 0;
  return count;
}

std::size_t UnitMatch::agreeing_fixed() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < partner.size(); ++i) count += partner[i] == i && parts_agree[i] != 0;
  return count;
}

std::size_t UnitMatch::longest_run() const {
  std::vector<std::size_t> sequence;
  for (const std::uint32_t j : partner)
    if (j != kNoMatch) sequence.push_back(j);
  return longest_increasing_run(sequence);
}

UnitMatch::Signs UnitMatch::signs() const {
  Signs out;
  for (const auto s : sign) {
    out.pairs += s != 0;
    out.plus += s > 0;
  }
  return out;
}

namespace {

double mean_where_paired(const std::vector<std::uint32_t>& partner, const std::vector<float>& similarity) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < partner.size(); ++i)
    if (partner[i] != kNoMatch) {
      sum += static_cast<double>(similarity[i]);
      count += 1;
    }
  return count > 0 ? sum / count : 0;
}

}  // namespace

double UnitMatch::mean_similarity_of_matched() const { return mean_where_paired(partner, similarity); }

std::vector<std::uint32_t> UnitMatch::found(bool same_units) const {
  std::vector<std::uint32_t> out = partner;
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!(same_units && out[i] == i) && parts_agree[i] == 0) out[i] = kNoMatch;
  return out;
}

double UnitMatch::mean_similarity_of_found(bool same_units) const {
  return mean_where_paired(found(same_units), similarity);
}

double UnitMatchP::best(bool same_width) const {
  const double smallest = std::min({run, same_width ? fixed : 0.0, signed_units ? sign : 0.0});
  return corrected_log10_p(smallest, 1.0 + same_width + signed_units);
}

UnitMatch match_units(const UnitParts& subject, const UnitParts& reference) {
  Pass pass(subject, reference);
  if (pass.parts() > 0)
    for (Index row = 0; row < subject.units(); row += kTileRows)
      for (Index column = 0; column < reference.units(); column += kTileColumns)
        pass.tile(subject, reference, row, std::min(kTileRows, subject.units() - row), column,
                  std::min(kTileColumns, reference.units() - column));
  return settle(subject, reference, pass);
}

UnitMatchP exact_p(const UnitMatch& match) {
  UnitMatchP p;
  const std::size_t matched = match.matched();
  p.run = increasing_run_log10_p(matched, match.longest_run());
  if (match.subject_units == match.reference_units)
    p.fixed = fixed_point_log10_p(match.subject_units, matched, match.fixed());
  if (match.sign.empty()) return p;
  const auto signs = match.signs();
  p.signed_units = true;
  p.sign = sign_coherence_log10_p(signs.pairs, signs.plus);
  return p;
}

}  // namespace pedigree::weight
