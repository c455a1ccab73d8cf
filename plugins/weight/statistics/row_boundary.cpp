// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/row_boundary.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace pedigree::weight {
namespace {

constexpr std::size_t kAlphabet = 320;

struct Running {
  std::vector<double> sum, square;
  explicit Running(const std::vector<double>& values) : sum(values.size() + 1), square(values.size() + 1) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum[i + 1] = sum[i] + values[i];
      square[i + 1] = square[i] + values[i] * values[i];
    }
  }
  double contrast(std::size_t at, std::size_t window) const {
    const auto n = static_cast<double>(window);
    const double left = (sum[at] - sum[at - window]) / n, right = (sum[at + window] - sum[at]) / n;
    const double vl = (square[at] - square[at - window]) / n - left * left;
    const double vr = (square[at + window] - square[at]) / n - right * right;
    const double pooled = std::sqrt(std::max(1e-12, (vl + vr) / 2));
    return std::abs(left - right) / pooled;
  }
};

}  // namespace

RowBoundary row_boundary(const Matrix& rows, std::size_t window) {
  RowBoundary out;
  const auto count = static_cast<std::size_t>(rows.rows());
  const std::size_t first = kAlphabet + window;  // letters and control tokens come first and differ anyway
  if (window < 8 || count < first + window) return out;
  const Vector mean = rows.colwise().mean().transpose();
  const float mean_length = std::max(mean.norm(), 1e-20F);
  std::vector<double> lengths(count), cosines(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = rows.row(static_cast<Index>(i));
    const double length = std::max(static_cast<double>(row.norm()), 1e-12);
    if (!std::isfinite(length)) return out;
    lengths[i] = std::log(length);
    cosines[i] = static_cast<double>(row.dot(mean.transpose()) / mean_length) / length;
  }
  const Running by_length(lengths), by_cosine(cosines);
  double best = -1;
  for (std::size_t at = first; at + window <= count; ++at) {
    const double l = by_length.contrast(at, window), c = by_cosine.contrast(at, window);
    if (std::max(l, c) <= best) continue;
    best = std::max(l, c);
    out = {at, l, c, best / (1 + best), true};
  }
  return out;
}

}  // namespace pedigree::weight
