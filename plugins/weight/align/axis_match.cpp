// SPDX-License-Identifier: MIT
#include "plugins/weight/align/axis_match.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/weight/statistics/increasing_run.hpp"
#include "plugins/weight/statistics/log_probability.hpp"
#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kBlock = 256;        // subject axes at a time
constexpr Index kAllWeighed = 1024;  // up to here every axis is a candidate for every other
constexpr std::size_t kCandidates = 64;

Vector inverse_norms(const RowView& rows) {
  Eigen::VectorXd squares = Eigen::VectorXd::Zero(rows.cols());
  for (Index i = 0; i < rows.rows(); ++i) squares += rows.row(i).cast<double>().cwiseAbs2().transpose();
  return squares.unaryExpr([](double s) { return s > 0 ? 1 / std::sqrt(s) : 0.0; }).cast<float>();
}

/// Calls use(first, cosines) for blocks of subject axes: one row per axis, one column per reference axis.
template <class Use>
void for_blocks_of_cosines(const RowView& subject, const RowView& reference, Use&& use) {
  const Vector a = inverse_norms(subject), b = inverse_norms(reference);
  for (Index first = 0; first < subject.cols(); first += kBlock) {
    const Index count = std::min(kBlock, subject.cols() - first);
    Matrix cosines = subject.middleCols(first, count).transpose() * reference;
    cosines.array().colwise() *= a.segment(first, count).array();
    cosines.array().rowwise() *= b.transpose().array();
    use(first, cosines);
  }
}

struct Candidate {
  std::uint32_t axis = 0;
  float value = 0;
  float size() const { return std::abs(value); }
};
using Candidates = std::vector<std::vector<Candidate>>;  // of every subject axis

template <class Row>
std::vector<Candidate> nearest(const Row& values) {
  std::vector<Candidate> out;
  for (Index j = 0; j < values.size(); ++j)
    if (values(j) != 0) out.push_back({static_cast<std::uint32_t>(j), values(j)});
  if (values.size() <= kAllWeighed || out.size() <= kCandidates) return out;
  const auto nearer = [](const Candidate& x, const Candidate& y) {
    return x.size() != y.size() ? x.size() > y.size() : x.axis < y.axis;
  };
  std::nth_element(out.begin(), out.begin() + kCandidates, out.end(), nearer);
  out.resize(kCandidates);
  return out;
}

std::vector<SignedAxis> paired(const Candidates& candidates, Index reference_axes) {
  const auto width = static_cast<std::size_t>(reference_axes);
  std::vector<SignedAxis> out(candidates.size(), SignedAxis{kNoMatch, 0});
  std::vector<bool> taken(width);
  for (bool more = true; more;) {
    more = false;
    std::vector<const Candidate*> forward(candidates.size(), nullptr);
    std::vector<float> best(width, 0);
    std::vector<std::size_t> back(width, candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (out[i].reference != kNoMatch) continue;
      for (const auto& c : candidates[i]) {
        if (taken[c.axis]) continue;
        if (forward[i] == nullptr || c.size() > forward[i]->size()) forward[i] = &c;
        if (c.size() > best[c.axis]) best[c.axis] = c.size(), back[c.axis] = i;
      }
    }
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (forward[i] == nullptr || back[forward[i]->axis] != i) continue;
      out[i] = {forward[i]->axis, forward[i]->value < 0 ? -1.0F : 1.0F};
      taken[forward[i]->axis] = true;
      more = true;
    }
  }
  return out;
}

}  // namespace

RowView all_rows(const Matrix& rows) {
  return {rows.data(), rows.rows(), rows.cols(), Eigen::OuterStride<>(rows.cols())};
}

RowView every_second(const Matrix& rows, Index first) {
  const Index count = std::max<Index>(0, (rows.rows() - first + 1) / 2);
  return {rows.data() + (count > 0 ? first * rows.cols() : 0), count, rows.cols(),
          Eigen::OuterStride<>(2 * rows.cols())};
}

std::size_t AxisMatch::matched() const {
  return static_cast<std::size_t>(std::count_if(partner.begin(), partner.end(), [](auto j) { return j != kNoMatch; }));
}

std::size_t AxisMatch::fixed() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < partner.size(); ++i) count += partner[i] == i;
  return count;
}

double AxisMatch::log10_p() const {
  if (subject_axes == reference_axes) return fixed_point_log10_p(subject_axes, matched(), fixed());
  std::vector<std::size_t> sequence;
  for (const auto j : partner)
    if (j != kNoMatch) sequence.push_back(j);
  return increasing_run_log10_p(sequence.size(), longest_increasing_run(sequence));
}

double AxisMatch::mean_cosine_of_fixed() const {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < partner.size(); ++i)
    if (partner[i] == i) {
      sum += static_cast<double>(cosine[i]);
      count += 1;
    }
  return count > 0 ? sum / count : 0;
}

AxisMatch match_axes(const TokenRows& rows) {
  AxisMatch match;
  match.subject_axes = static_cast<std::size_t>(rows.subject.cols());
  match.reference_axes = static_cast<std::size_t>(rows.reference.cols());
  match.partner.assign(match.subject_axes, kNoMatch);
  match.cosine.assign(match.subject_axes, 0.0F);
  if (rows.empty()) return match;
  std::vector<std::size_t> forward(match.subject_axes), back(match.reference_axes);
  std::vector<float> best(match.reference_axes, -1);
  for_blocks_of_cosines(all_rows(rows.subject), all_rows(rows.reference), [&](Index first, const Matrix& cosines) {
    for (Index r = 0; r < cosines.rows(); ++r) {
      const auto i = static_cast<std::size_t>(first + r);
      for (std::size_t j = 0; j < match.reference_axes; ++j) {
        const float value = cosines(r, static_cast<Index>(j)), size = std::abs(value);
        if (size > best[j]) best[j] = size, back[j] = i;
        if (size > std::abs(match.cosine[i])) match.cosine[i] = value, forward[i] = j;
      }
    }
  });
  for (std::size_t i = 0; i < match.subject_axes; ++i)
    if (back[forward[i]] == i && match.cosine[i] != 0) match.partner[i] = static_cast<std::uint32_t>(forward[i]);
  return match;
}

std::vector<SignedAxis> pair_axes(const RowView& subject, const RowView& reference) {
  Candidates candidates;
  for_blocks_of_cosines(subject, reference, [&](Index, const Matrix& cosines) {
    for (Index r = 0; r < cosines.rows(); ++r) candidates.push_back(nearest(cosines.row(r)));
  });
  return paired(candidates, reference.cols());
}

std::vector<SignedAxis> pair_axes(const Matrix& likeness) {
  Candidates candidates;
  for (Index j = 0; j < likeness.cols(); ++j) candidates.push_back(nearest(likeness.col(j)));
  return paired(candidates, likeness.rows());
}

}  // namespace pedigree::weight
