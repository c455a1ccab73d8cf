// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/breaks.hpp"

#include <algorithm>
#include <cmath>

namespace pedigree::training_log {
namespace {

constexpr std::size_t kSide = 5;            // points of a stretch on either side
constexpr std::size_t kMaximumBreaks = 20;  // more are a habit of the log, not breaks
constexpr double kLeap = 0.05, kStep = 0.2, kFlat = 0.01;

/// What the column would be at the next point, by the mean change of the last kSide.
struct Side {
  double end = 0;                                              // the value at the edge
  double change = 0;                                           // mean change from point to point
  double rough = 0;                                            // largest departure from that change
  bool constant() const { return change == 0 && rough == 0; }  // a decay changes every printed value, however little
};

Side side(const std::vector<double>& values, std::size_t first, bool edge_last) {
  Side s;
  const auto last = first + kSide - 1;
  s.end = edge_last ? values[last] : values[first];
  s.change = (values[last] - values[first]) / static_cast<double>(kSide - 1);
  for (std::size_t i = first; i < last; ++i)
    s.rough = std::max(s.rough, std::abs(values[i + 1] - values[i] - s.change));
  return s;
}

std::size_t index_of_step(const Series& s, double step) {
  return static_cast<std::size_t>(std::lower_bound(s.step.begin(), s.step.end(), step) - s.step.begin());
}

void rate_breaks(const Series& s, std::vector<Break>& out) {
  const auto& rate = s.learning_rate;
  if (rate.size() < 4 * kSide) return;
  const double peak = *std::max_element(rate.begin(), rate.end());
  for (std::size_t i = kSide; i + kSide <= rate.size(); ++i) {
    const auto before = side(rate, i - kSide, true), after = side(rate, i, false);
    const double leap = after.end - before.end - (before.change + after.change) / 2;
    const double usual = std::max({std::abs(before.change), std::abs(after.change), before.rough, after.rough});
    if (std::abs(leap) < kLeap * std::max(before.end, after.end) || std::abs(leap) < 5 * usual) continue;
    if ((before.constant() && after.constant()) || after.end >= 0.95 * peak) continue;
    out.push_back({index_of_step(s, s.learning_rate_step[i]), "learning_rate"});
  }
}

void token_breaks(const Series& s, std::vector<Break>& out) {
  std::vector<double> step, tokens;  // points whose step moved on
  for (std::size_t i = 0; i < s.tokens.size(); ++i)
    if (step.empty() || s.token_step[i] > step.back()) {
      step.push_back(s.token_step[i]);
      tokens.push_back(s.tokens[i]);
    }
  std::vector<double> each;
  for (std::size_t i = 1; i < step.size(); ++i) each.push_back((tokens[i] - tokens[i - 1]) / (step[i] - step[i - 1]));
  if (each.size() < 4 * kSide) return;
  for (std::size_t i = kSide; i + kSide <= each.size(); ++i) {
    const auto before = side(each, i - kSide, true), after = side(each, i, false);
    const double steady = std::max({std::abs(before.change), std::abs(after.change), before.rough, after.rough});
    const double leap = std::abs(after.end - before.end);
    if (leap > kFlat * std::abs(before.end) && leap > 5 * steady) out.push_back({index_of_step(s, step[i]), "tokens"});
  }
}

/// Decimals of a value, at most 9; those of a binary fraction (a loss of 16 bits) say nothing.
int decimals(double v) {
  if (std::abs(v * 65536 - std::round(v * 65536)) < 1e-9) return -1;
  for (int k = 0; k <= 9; ++k) {
    const double scaled = v * std::pow(10.0, k);
    if (std::abs(scaled - std::round(scaled)) < 1e-6) return k;
  }
  return 9;
}

void digit_breaks(const Series& s, std::vector<Break>& out) {
  constexpr std::size_t kStretch = 50;
  if (s.loss.size() < 4 * kStretch) return;
  std::vector<int> shown(s.loss.size());
  std::transform(s.loss.begin(), s.loss.end(), shown.begin(), decimals);
  // Most digits seen so far, and most from here on: a printf never prints more than its format.
  std::vector<int> left(shown.size()), right(shown.size());
  int most = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) left[i] = most = std::max(most, shown[i]);
  most = 0;
  for (std::size_t i = shown.size(); i-- > 0;) right[i] = most = std::max(most, shown[i]);
  for (std::size_t i = kStretch; i + kStretch <= shown.size(); ++i)
    if (left[i - 1] != right[i] && (left[i - 1] < shown[i] || right[i] < shown[i - 1])) {
      out.push_back({i, "digits"});
      return;
    }
}

}  // namespace

std::vector<Break> find_breaks(const Series& s) {
  std::vector<Break> out;
  if (s.loss.empty() || !s.restarts.empty()) return out;
  rate_breaks(s, out);
  token_breaks(s, out);
  digit_breaks(s, out);
  if (out.size() > kMaximumBreaks) out.clear();
  return out;
}

bool rate_steps_with(const Series& s, std::size_t index, double change) {
  const auto& rate = s.learning_rate;
  const double peak = rate.empty() ? 0 : *std::max_element(rate.begin(), rate.end());
  // The loss answers over some tens of points: the step may lie before the strongest place.
  const double from = s.step[index > 20 ? index - 20 : 0], to = s.step[std::min(s.step.size() - 1, index + 5)];
  for (std::size_t i = kSide; i + kSide <= rate.size(); ++i) {
    if (s.learning_rate_step[i] < from || s.learning_rate_step[i] > to) continue;
    const auto before = side(rate, i - kSide, true), after = side(rate, i, false);
    const double leap = after.end - before.end;
    if (std::abs(leap) < kStep * std::max(before.end, after.end) || (leap > 0) != (change > 0)) continue;
    if ((before.constant() && after.constant()) || (leap > 0 && after.end >= 0.95 * peak)) return true;
  }
  return false;
}

std::size_t token_regressions(const Series& s) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < s.tokens.size(); ++i)
    if (s.token_step[i] > s.token_step[i - 1] && s.tokens[i] < s.tokens[i - 1]) ++count;
  return count;
}

}  // namespace pedigree::training_log
