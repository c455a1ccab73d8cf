// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/head_match.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {
namespace {

constexpr double kSameHead = 0.3;

/// tr[(L_h L'_h'^T)(R'_g' R_g^T)] for every pair of heads; left is per query head, right per group.
MatrixD products(const Matrix& left_a, const Matrix& right_a, HeadCounts a, const Matrix& left_b, const Matrix& right_b,
                 HeadCounts b) {
  const Matrix left = left_a * left_b.transpose(), right = right_a * right_b.transpose();
  const auto sa = static_cast<Index>(a.size), sb = static_cast<Index>(b.size);
  const auto heads_a = static_cast<Index>(a.query), heads_b = static_cast<Index>(b.query);
  const Index group_a = heads_a / static_cast<Index>(a.key_value), group_b = heads_b / static_cast<Index>(b.key_value);
  MatrixD out(heads_a, heads_b);
  for (Index h = 0; h < heads_a; ++h)
    for (Index k = 0; k < heads_b; ++k)
      out(h, k) = static_cast<double>(left.block(h * sa, k * sb, sa, sb)
                                          .cwiseProduct(right.block(h / group_a * sa, k / group_b * sb, sa, sb))
                                          .sum());
  return out;
}

Eigen::VectorXd norms(const Matrix& left, const Matrix& right, HeadCounts counts) {
  const auto size = static_cast<Index>(counts.size), heads = static_cast<Index>(counts.query);
  const Index group = heads / static_cast<Index>(counts.key_value);
  Eigen::VectorXd out(heads);
  for (Index h = 0; h < heads; ++h) {
    const auto l = left.middleRows(h * size, size), r = right.middleRows(h / group * size, size);
    const Matrix lg = l * l.transpose(), rg = r * r.transpose();
    out(h) = std::sqrt(std::max(0.0, static_cast<double>(lg.cwiseProduct(rg).sum())));
  }
  return out;
}

MatrixD cosines(const Matrix& left_a, const Matrix& right_a, HeadCounts a, const Matrix& left_b, const Matrix& right_b,
                HeadCounts b) {
  MatrixD out = products(left_a, right_a, a, left_b, right_b, b);
  const Eigen::VectorXd na = norms(left_a, right_a, a), nb = norms(left_b, right_b, b);
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

Matrix rows_of_length_one(const Matrix& rows, Index head, std::uint64_t size) {
  Matrix out = rows.middleRows(head * static_cast<Index>(size), static_cast<Index>(size));
  normalise_rows(out);
  return out;
}

void match_channels(const MatrixD& both, const AttentionParts& subject, HeadCounts a, const AttentionParts& reference,
                    HeadCounts b, HeadMatch& match) {
  const auto per_a = static_cast<Index>(a.query / a.key_value), per_b = static_cast<Index>(b.query / b.key_value);
  for (const auto [g, k] : mutual_pairs(group_similarity(both, a, b))) {
    Matrix sum = rows_of_length_one(subject.v, g, a.size) * rows_of_length_one(reference.v, k, b.size).transpose();
    for (Index h = g * per_a; h < (g + 1) * per_a; ++h) {
      Index partner = 0;
      both.row(h).segment(k * per_b, per_b).maxCoeff(&partner);
      sum += rows_of_length_one(subject.o, h, a.size) *
             rows_of_length_one(reference.o, k * per_b + partner, b.size).transpose() / static_cast<float>(per_a);
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

bool HeadCounts::fits(const AttentionParts& parts) const {
  if (query == 0 || key_value == 0 || size == 0 || query % key_value != 0 || !parts.complete()) return false;
  const auto q = static_cast<Index>(query * size), kv = static_cast<Index>(key_value * size);
  return parts.q.rows() == q && parts.k.rows() == kv && parts.v.rows() == kv && parts.o.rows() == q;
}

HeadMatch match_heads(const AttentionParts& subject, HeadCounts a, const AttentionParts& reference, HeadCounts b) {
  HeadMatch match;
  if (!a.fits(subject) || !b.fits(reference) || a.size != b.size || subject.q.cols() != reference.q.cols())
    return match;
  match.subject_heads = a.query;
  match.reference_heads = b.query;
  match.value_output = cosines(subject.o, subject.v, a, reference.o, reference.v, b);
  match.query_key = cosines(subject.q, subject.k, a, reference.q, reference.k, b);
  const MatrixD both = (match.value_output + match.query_key) / 2;
  choose_partners(both, match);
  if (a.query == b.query && a.key_value == b.key_value) exact_part(both, a, match);
  match_channels(both, subject, a, reference, b, match);
  match.valid = true;
  return match;
}

}  // namespace pedigree::weight
