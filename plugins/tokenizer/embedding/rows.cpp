// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/embedding/rows.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_set>

#include "pedigree/io/tokenizer.hpp"

namespace pedigree::tokenizer {
namespace {

constexpr std::size_t kFewestUnused = 8;
constexpr double kSlack = 1.1;  ///< a row may be a tenth farther out than the 99th percentile of the unused ones
constexpr double kJump = 1.0;

double squared_norm(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

void first_look(RowStatistics& out, std::unordered_set<std::uint64_t>& seen, std::size_t row,
                std::span<const float> values) {
  const double squares = squared_norm(values);
  if (!std::isfinite(squares)) {
    ++out.broken;
    return;
  }
  out.norm[row] = std::sqrt(squares);
  if (squares == 0) {
    ++out.zero;
    out.never_trained[row] = true;
    return;
  }
  const auto hash = io::token_hash({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  if (seen.insert(hash).second) return;
  ++out.repeated;
  out.never_trained[row] = true;
}

/// 99th percentile of the distances of the unused rows themselves.
double reach_of(const std::vector<double>& distance, std::span<const std::size_t> unused) {
  std::vector<double> own;
  for (const auto row : unused) own.push_back(distance[row]);
  std::sort(own.begin(), own.end());
  return own[(own.size() - 1) * 99 / 100];
}

}  // namespace

std::optional<RowStatistics> find_untrained(std::size_t rows, std::size_t columns, const RowPass& pass,
                                            std::span<const std::size_t> known_unused) {
  RowStatistics out;
  out.norm.assign(rows, 0);
  out.never_trained.assign(rows, false);
  std::vector<bool> unused(rows);
  for (const auto row : known_unused) unused[row] = true;
  std::vector<double> centre(columns, 0);
  std::unordered_set<std::uint64_t> seen;
  const bool read = pass([&](std::size_t row, std::span<const float> values) {
    first_look(out, seen, row, values);
    if (!unused[row]) return;
    for (std::size_t k = 0; k < columns; ++k)
      if (std::isfinite(values[k])) centre[k] += static_cast<double>(values[k]);
  });
  if (!read) return std::nullopt;
  for (const auto row : known_unused) out.never_trained[row] = true;
  if (known_unused.size() < kFewestUnused) return out;
  for (auto& value : centre) value /= static_cast<double>(known_unused.size());
  std::vector<double> distance(rows, 0);
  const bool again = pass([&](std::size_t row, std::span<const float> values) {
    double sum = 0;
    for (std::size_t k = 0; k < columns; ++k) {
      const double difference = static_cast<double>(values[k]) - centre[k];
      sum += difference * difference;
    }
    distance[row] = std::sqrt(sum);
  });
  if (!again) return std::nullopt;
  const double reach = reach_of(distance, known_unused) * kSlack;
  for (std::size_t row = 0; row < rows; ++row) {
    if (out.never_trained[row] || !(distance[row] <= reach) || out.norm[row] == 0) continue;
    out.never_trained[row] = true;
    ++out.near_unused;
  }
  return out;
}

std::optional<Boundary> find_boundary(const RowStatistics& rows, std::size_t window) {
  std::vector<std::size_t> row;
  std::vector<double> sum{0}, squares{0};
  for (std::size_t i = 0; i < rows.norm.size(); ++i) {
    if (rows.never_trained[i] || !(rows.norm[i] > 0)) continue;
    const double level = std::log(rows.norm[i]);
    row.push_back(i);
    sum.push_back(sum.back() + level);
    squares.push_back(squares.back() + level * level);
  }
  if (window == 0 || row.size() < 4 * window) return std::nullopt;
  const auto n = static_cast<double>(window);
  Boundary best;
  for (std::size_t at = window; at + window <= row.size(); ++at) {
    const double before = (sum[at] - sum[at - window]) / n, after = (sum[at + window] - sum[at]) / n;
    const double spread_before = (squares[at] - squares[at - window]) / n - before * before;
    const double spread_after = (squares[at + window] - squares[at]) / n - after * after;
    const double spread = std::sqrt(std::max(1e-12, (spread_before + spread_after) / 2));
    const double effect = std::abs(after - before) / spread;
    if (effect > best.effect) best = {row[at], effect};
  }
  if (best.effect < kJump) return std::nullopt;
  return best;
}

}  // namespace pedigree::tokenizer
