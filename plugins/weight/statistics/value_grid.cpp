// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/value_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace pedigree::weight {
namespace {

constexpr std::size_t kFewest = 8;    // values in a group that say anything
constexpr double kMostSteps = 160;    // to the largest value: more is no 8-bit grid
constexpr double kOnGrid = 0.15;      // rms residual; BF16 writing blurs an 8-bit grid to about 0.06, no grid is 0.289
constexpr double kNoGrid = 1.0 / 12;  // mean square of a uniform residual
constexpr double kNearZero = 0.25;    // of the largest value: there the rounding of the file's own type is small

/// Magnitudes of a group but its zeros, ascending.
std::vector<double> magnitudes(std::span<const float> values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const float v : values)
    if (v != 0 && std::isfinite(v)) out.push_back(std::abs(static_cast<double>(v)));
  std::sort(out.begin(), out.end());
  return out;
}

struct Fit {
  double residual2 = kNoGrid, step = 0;
};

/// The largest value is left out: the step may come from it.
Fit fit(const std::vector<double>& ascending, double step) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ascending.size(); ++i) {
    const double steps = ascending[i] / step, off = steps - std::round(steps);
    sum += off * off;
  }
  return {sum / static_cast<double>(ascending.size() - 1), step};
}

/// Smallest distance between neighbours near zero, zero included; then the step that fits them all.
std::optional<double> gap_step(const std::vector<double>& ascending) {
  double before = 0, gap = 0;
  for (const double v : ascending) {
    if (gap > 0 && v > kNearZero * ascending.back()) break;
    if (v > before && (gap == 0 || v - before < gap)) gap = v - before;
    before = v;
  }
  if (!(gap > 0) || ascending.back() > kMostSteps * gap) return std::nullopt;
  double top = 0, bottom = 0;  // least squares, from zero outwards so that no step is miscounted
  for (const double v : ascending) {
    const double step = bottom > 0 ? top / bottom : gap, count = std::round(v / step);
    top += v * count;
    bottom += count * count;
  }
  return bottom > 0 ? std::optional{top / bottom} : std::nullopt;
}

Fit best_fit(const std::vector<double>& ascending) {
  Fit best = fit(ascending, ascending.back() / 127);
  if (const auto step = gap_step(ascending)) {
    const Fit other = fit(ascending, *step);
    if (other.residual2 < best.residual2) best = other;
  }
  return best;
}

ValueGrid grid_of_groups(const Matrix& rows, Index group) {
  ValueGrid out;
  double residual2 = 0, rounding2 = 0, groups = 0;
  const Index width = group == 0 ? rows.cols() : group;
  for (Index i = 0; i < rows.rows(); ++i)
    for (Index j = 0; j + width <= rows.cols(); j += width) {
      const auto values = magnitudes({rows.row(i).data() + j, static_cast<std::size_t>(width)});
      if (values.size() < kFewest) continue;
      const Fit found = best_fit(values);
      double square = 0;
      for (const double v : values) square += v * v / static_cast<double>(width);
      residual2 += found.residual2;
      rounding2 += found.step * found.step / 12 / square;
      groups += 1;
    }
  if (groups == 0) return out;
  out.group = group;
  out.residual = std::sqrt(residual2 / groups);
  out.rounding = std::sqrt(rounding2 / groups);
  out.found = out.residual < kOnGrid;
  return out;
}

/// Different values among those that are not zero, as a share of them; nothing when there are few.
std::optional<double> distinct_share(std::span<const float> all) {
  std::vector<float> values;
  std::copy_if(all.begin(), all.end(), std::back_inserter(values), [](float v) { return v != 0; });
  if (values.size() < kFewest) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  std::sort(values.begin(), values.end());
  return static_cast<double>(std::unique(values.begin(), values.end()) - values.begin()) / count;
}

struct Mean {
  double sum = 0, count = 0;
  void add(std::optional<double> value) {
    if (!value) return;
    sum += *value;
    count += 1;
  }
  double value() const { return count > 0 ? sum / count : 1; }
};

}  // namespace

ValueGrid value_grid(const Matrix& rows) {
  for (const Index group : std::array<Index, 4>{0, 128, 64, 32})
    if (const ValueGrid grid = grid_of_groups(rows, group); grid.found) return grid;
  return {};
}

ValueTexture texture_of(const Matrix& rows) {
  ValueTexture out;
  if (rows.size() == 0) return out;
  Mean in_groups, in_rows;
  double zeros = 0;
  const auto width = static_cast<std::size_t>(std::min<Index>(rows.cols(), 512));
  for (Index i = 0; i < rows.rows(); ++i) {
    const float* row = rows.row(i).data();
    zeros += static_cast<double>((rows.row(i).array() == 0).count());
    in_rows.add(distinct_share({row, width}));
    for (Index j = 0; j + 32 <= rows.cols(); j += 32) in_groups.add(distinct_share({row + j, 32}));
  }
  out.zero_share = zeros / static_cast<double>(rows.size());
  out.distinct_per_row = in_rows.value();
  out.distinct_per_32 = in_groups.value();
  out.grid = value_grid(rows);
  return out;
}

}  // namespace pedigree::weight
