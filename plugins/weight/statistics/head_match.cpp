// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/head_match.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {
namespace {

constexpr double kSameHead = 0.3;
constexpr Index kRunBytes = Index{64} << 20;
constexpr std::uint64_t kMostChannels = 4096;  // in one layer: enough for any p, and each pair reads both files

using Part = AttentionPart;

/// Heads taken together so that a side's rows fit in kRunBytes: whole groups, or a part of one.
struct Run {
  Index first = 0, count = 0;
};

Index heads_per_group(HeadCounts counts) { return static_cast<Index>(counts.query / counts.key_value); }

std::vector<Run> runs_of(HeadCounts counts, Index width) {
  const auto heads = static_cast<Index>(counts.query);
  const Index group = heads_per_group(counts);
  const Index bytes = static_cast<Index>(counts.size * sizeof(float)) * std::max<Index>(1, width);
  Index most = std::max<Index>(1, kRunBytes / bytes);
  if (most > group) most -= most % group;
  std::vector<Run> out;
  for (Index first = 0; first < heads;) {
    const Index end = most > group ? heads : (first / group + 1) * group;
    out.push_back({first, std::min(most, end - first)});
    first += out.back().count;
  }
  return out;
}

/// Rows of a run of query heads (left) and of the key/value groups these belong to (right).
struct RunRows {
  Matrix left, right;
  Index first = 0, heads = 0, first_group = 0;
  Index right_of(Index head, HeadCounts counts) const {
    return ((first + head) / heads_per_group(counts) - first_group) * static_cast<Index>(counts.size);
  }
};

RunRows read_run(const AttentionRows& rows, HeadCounts counts, Part left, Part right, Run run) {
  const auto size = static_cast<Index>(counts.size);
  const Index group = heads_per_group(counts);
  RunRows out;
  out.first = run.first;
  out.heads = run.count;
  out.first_group = run.first / group;
  const Index groups = (run.first + run.count - 1) / group - out.first_group + 1;
  out.left = rows.read(left, run.first * size, run.count * size);
  out.right = rows.read(right, out.first_group * size, groups * size);
  return out;
}

/// tr[(L_h L'_h'^T)(R'_g' R_g^T)] for every pair of heads; left is per query head, right per group.
void add_products(const RunRows& x, HeadCounts a, const RunRows& y, HeadCounts b, MatrixD& out) {
  const Matrix left = x.left * y.left.transpose(), right = x.right * y.right.transpose();
  const auto sa = static_cast<Index>(a.size), sb = static_cast<Index>(b.size);
  for (Index h = 0; h < x.heads; ++h)
    for (Index k = 0; k < y.heads; ++k)
      out(x.first + h, y.first + k) =
          static_cast<double>(left.block(h * sa, k * sb, sa, sb)
                                  .cwiseProduct(right.block(x.right_of(h, a), y.right_of(k, b), sa, sb))
                                  .sum());
}

void add_norms(const RunRows& x, HeadCounts counts, Eigen::VectorXd& out) {
  const auto size = static_cast<Index>(counts.size);
  for (Index h = 0; h < x.heads; ++h) {
    const auto l = x.left.middleRows(h * size, size), r = x.right.middleRows(x.right_of(h, counts), size);
    const Matrix lg = l * l.transpose(), rg = r * r.transpose();
    out(x.first + h) = std::sqrt(std::max(0.0, static_cast<double>(lg.cwiseProduct(rg).sum())));
  }
}

MatrixD cosines(const AttentionRows& subject, HeadCounts a, const AttentionRows& reference, HeadCounts b, Part left,
                Part right) {
  MatrixD out(static_cast<Index>(a.query), static_cast<Index>(b.query));
  Eigen::VectorXd na(out.rows()), nb(out.cols());
  const auto runs_a = runs_of(a, subject.width()), runs_b = runs_of(b, reference.width());
  for (const auto& run_a : runs_a) {
    const RunRows x = read_run(subject, a, left, right, run_a);
    add_norms(x, a, na);
    for (const auto& run_b : runs_b) {
      const RunRows y = read_run(reference, b, left, right, run_b);
      if (run_a.first == 0) add_norms(y, b, nb);
      add_products(x, a, y, b, out);
    }
  }
  for (Index h = 0; h < out.rows(); ++h)
    for (Index k = 0; k < out.cols(); ++k) {
      const double scale = na(h) * nb(k);
      out(h, k) = scale > 0 && std::isfinite(scale) ? out(h, k) / scale : 0;
    }
  return out;
}

/// Mutual nearest neighbours of a square block; adds M/n to the expectation and counts the diagonal.
void count_fixed(const MatrixD& similarity, double& expected, std::size_t& fixed) {
  const Index n = similarity.rows();
  if (n < 2 || similarity.cols() != n) return;
  for (Index i = 0; i < n; ++i) {
    Index j = 0, back = 0;
    similarity.row(i).maxCoeff(&j);
    similarity.col(j).maxCoeff(&back);
    if (back != i) continue;
    expected += 1.0 / static_cast<double>(n);
    fixed += j == i;
  }
}

/// Labels that may be exchanged are key/value groups, and query heads inside a group.
void exact_part(const MatrixD& both, HeadCounts counts, HeadMatch& match) {
  const auto groups = static_cast<Index>(counts.key_value), per = static_cast<Index>(counts.query) / groups;
  MatrixD by_group(groups, groups);
  for (Index g = 0; g < groups; ++g)
    for (Index k = 0; k < groups; ++k)
      by_group(g, k) = both.block(g * per, k * per, per, per).rowwise().maxCoeff().mean();
  count_fixed(by_group, match.expected_fixed, match.fixed);
  for (Index g = 0; g < groups && per > 1; ++g)
    count_fixed(both.block(g * per, g * per, per, per), match.expected_fixed, match.fixed);
}

struct Pair {
  Index subject, reference;
};

std::vector<Pair> mutual_pairs(const MatrixD& similarity) {
  std::vector<Pair> out;
  for (Index i = 0; i < similarity.rows(); ++i) {
    Index j = 0, back = 0;
    if (!(similarity.row(i).maxCoeff(&j) > 0)) continue;
    similarity.col(j).maxCoeff(&back);
    if (back == i) out.push_back({i, j});
  }
  return out;
}

/// Key/value groups, each query head of a subject's group by its best head of the other group.
MatrixD group_similarity(const MatrixD& both, HeadCounts a, HeadCounts b) {
  const auto per_a = static_cast<Index>(a.query / a.key_value), per_b = static_cast<Index>(b.query / b.key_value);
  MatrixD out(static_cast<Index>(a.key_value), static_cast<Index>(b.key_value));
  for (Index g = 0; g < out.rows(); ++g)
    for (Index k = 0; k < out.cols(); ++k)
      out(g, k) = both.block(g * per_a, k * per_b, per_a, per_b).rowwise().maxCoeff().mean();
  return out;
}

/// Rows of consecutive heads, each of length one.
Matrix heads_of_length_one(const AttentionRows& rows, Part part, Index head, Index count, HeadCounts counts) {
  const auto size = static_cast<Index>(counts.size);
  Matrix out = rows.read(part, head * size, count * size);
  normalise_rows(out);
  return out;
}

/// All pairs, or as many of them, evenly spaced, as hold kMostChannels channels.
std::vector<Pair> looked_into(std::vector<Pair> pairs, std::uint64_t size) {
  const std::size_t most = std::max<std::size_t>(1, kMostChannels / std::max<std::uint64_t>(1, size));
  if (pairs.size() <= most) return pairs;
  std::vector<Pair> out;
  for (std::size_t i = 0; i < most; ++i) out.push_back(pairs[i * pairs.size() / most]);
  return out;
}

void match_channels(const MatrixD& both, const AttentionRows& subject, HeadCounts a, const AttentionRows& reference,
                    HeadCounts b, HeadMatch& match) {
  const Index per_a = heads_per_group(a), per_b = heads_per_group(b);
  const auto size_a = static_cast<Index>(a.size), size_b = static_cast<Index>(b.size);
  for (const auto [g, k] : looked_into(mutual_pairs(group_similarity(both, a, b)), a.size)) {
    Matrix sum = heads_of_length_one(subject, Part::kValue, g, 1, a) *
                 heads_of_length_one(reference, Part::kValue, k, 1, b).transpose();
    const Matrix outputs_a = heads_of_length_one(subject, Part::kOutput, g * per_a, per_a, a),
                 outputs_b = heads_of_length_one(reference, Part::kOutput, k * per_b, per_b, b);
    for (Index h = 0; h < per_a; ++h) {
      Index partner = 0;
      both.row(g * per_a + h).segment(k * per_b, per_b).maxCoeff(&partner);
      sum += outputs_a.middleRows(h * size_a, size_a) * outputs_b.middleRows(partner * size_b, size_b).transpose() /
             static_cast<float>(per_a);
    }
    for (const auto [i, j] : mutual_pairs(sum.cwiseAbs().cast<double>())) {
      match.expected_channels += 1.0 / static_cast<double>(a.size);
      match.fixed_channels += i == j;
      match.channels += 1;
      match.channels_of_one_sign += sum(i, j) > 0;
    }
  }
}

void choose_partners(const MatrixD& both, HeadMatch& match) {
  std::size_t moved = 0, close = 0;
  match.partner.assign(match.subject_heads, kNoMatch);
  for (Index h = 0; h < both.rows(); ++h) {
    Index k = 0, back = 0;
    const double value = both.row(h).maxCoeff(&k);
    both.col(k).maxCoeff(&back);
    match.similarity += value / static_cast<double>(both.rows());
    match.value_output_similarity += match.value_output(h, k) / static_cast<double>(both.rows());
    match.query_key_similarity += match.query_key(h, k) / static_cast<double>(both.rows());
    if (back != h) continue;
    match.partner[static_cast<std::size_t>(h)] = static_cast<std::uint32_t>(k);
    if (value < kSameHead) continue;
    ++close;
    moved += k != h;
  }
  match.share = static_cast<double>(close) / static_cast<double>(std::max<std::size_t>(1, match.subject_heads));
  match.permuted = close > 0 && moved * 2 > close;
}

}  // namespace

bool HeadCounts::fits(const AttentionRows& rows) const {
  if (query == 0 || key_value == 0 || size == 0 || query % key_value != 0 || !rows.complete()) return false;
  const auto q = static_cast<Index>(query * size), kv = static_cast<Index>(key_value * size);
  return rows.rows(Part::kQuery) == q && rows.rows(Part::kKey) == kv && rows.rows(Part::kValue) == kv &&
         rows.rows(Part::kOutput) == q;
}

HeadMatch match_heads(const AttentionRows& subject, HeadCounts a, const AttentionRows& reference, HeadCounts b) {
  HeadMatch match;
  if (!a.fits(subject) || !b.fits(reference) || a.size != b.size || subject.width() != reference.width()) return match;
  match.subject_heads = a.query;
  match.reference_heads = b.query;
  match.value_output = cosines(subject, a, reference, b, Part::kOutput, Part::kValue);
  match.query_key = cosines(subject, a, reference, b, Part::kQuery, Part::kKey);
  const MatrixD both = (match.value_output + match.query_key) / 2;
  choose_partners(both, match);
  if (a.query == b.query && a.key_value == b.key_value) exact_part(both, a, match);
  match_channels(both, subject, a, reference, b, match);
  match.valid = true;
  return match;
}

}  // namespace pedigree::weight
