// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/drawn.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "plugins/training_log/checks/windows.hpp"

namespace pedigree::training_log {
namespace {

constexpr std::size_t kBins = 40, kFirst = 5, kFewestBins = 20, kMinimumPoints = 400;
constexpr double kLimit = 0.015;  // nat
constexpr double kErrors = 3;     // deviations of chi-square
constexpr double kLatestStart = 10, kGrid = 1.5;

struct Bin {
  double first = 0, middle = 0, last = 0;  // steps
  double loss = 0, weight = 0;             // weight: one over the squared error of the mean
};

std::vector<Bin> make_bins(const Series& s, const Windows& windows) {
  const auto n = windows.size();
  std::vector<Bin> bins;
  std::size_t from = kFirst;
  for (std::size_t k = 1; k <= kBins && from < n; ++k) {
    const auto to = static_cast<std::size_t>(
        kFirst * std::pow(static_cast<double>(n) / kFirst, static_cast<double>(k) / kBins) + 0.5);
    if (to <= from) continue;
    Bin bin;
    bin.first = s.step[from];
    bin.last = s.step[to - 1];
    bin.middle = (bin.first + bin.last) / 2;
    const auto count = static_cast<double>(to - from);
    bin.loss = windows.mean(from, to - from);
    // The noise of a short stretch is that of the hundred points around it.
    const auto middle = (from + to) / 2, reach = std::max<std::size_t>((to - from) / 2, 50);
    const double noise = windows.noise(middle > reach ? middle - reach : 0, std::min(n, middle + reach));
    bin.weight = count / std::max(noise * noise, 1e-12);
    bins.push_back(bin);
    from = to;
  }
  return bins;
}

using Column = std::vector<double>;

/// Weighted least squares of a constant and one or two columns; the squared error over the squared errors of the means.
double misfit(const std::vector<Bin>& bins, const Column& a, const Column* b) {
  double w = 0, wy = 0, wa = 0, wb = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    w += bins[i].weight;
    wy += bins[i].weight * bins[i].loss;
    wa += bins[i].weight * a[i];
    if (b != nullptr) wb += bins[i].weight * (*b)[i];
  }
  const double my = wy / w, ma = wa / w, mb = wb / w;
  double yy = 0, ay = 0, by = 0, aa = 0, ab = 0, bb = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double k = bins[i].weight, y = bins[i].loss - my, x = a[i] - ma, z = b != nullptr ? (*b)[i] - mb : 0;
    yy += k * y * y;
    ay += k * x * y;
    by += k * z * y;
    aa += k * x * x;
    ab += k * x * z;
    bb += k * z * z;
  }
  if (!(aa > 0)) return std::numeric_limits<double>::infinity();
  double error = yy - ay * ay / aa;
  const double left = bb - ab * ab / aa, rest = by - ab * ay / aa;
  if (b != nullptr && left > 1e-9 * bb) error -= rest * rest / left;
  return std::isfinite(error) ? std::max(0.0, error) : std::numeric_limits<double>::infinity();
}

template <class Shape>
Column column(const std::vector<Bin>& bins, Shape shape) {
  Column out;
  // Simpson's rule: the mean of the formula over the stretch, not its value in the middle.
  for (const auto& bin : bins) out.push_back((shape(bin.first) + 4 * shape(bin.middle) + shape(bin.last)) / 6);
  return out;
}

struct Fit {
  std::string formula;
  double error = std::numeric_limits<double>::infinity();
  double parameters = 0;
  void better(const char* name, double found, double count) {
    if (found >= error) return;
    formula = name;
    error = found;
    parameters = count;
  }
};

/// Scale parameters p and q of a formula: the best of a grid, then smaller and smaller steps around it.
template <class Error>
double smallest_error(Error error, const std::vector<double>& ps, const std::vector<double>& qs) {
  double best = std::numeric_limits<double>::infinity(), p = 1, q = 1;
  const auto take = [&](double tried_p, double tried_q) {
    const double found = error(tried_p, tried_q);
    if (!(found < best)) return false;
    best = found;
    p = tried_p;
    q = tried_q;
    return true;
  };
  for (const double at_p : ps)
    for (const double at_q : qs) take(at_p, at_q);
  for (double ratio = kGrid; ratio > 1.001;) {
    const double at_p = p, at_q = q;
    bool better = false;
    for (const double on_p : {1 / ratio, 1.0, ratio})
      for (const double on_q : {1 / ratio, 1.0, ratio}) better |= take(at_p * on_p, at_q * on_q);
    if (!better) ratio = std::sqrt(ratio);
  }
  return best;
}

std::vector<double> grid(double from, double to, double ratio) {
  std::vector<double> out;
  for (double v = from; v < to; v *= ratio) out.push_back(v);
  return out;
}

Fit best_formula(const std::vector<Bin>& bins) {
  Fit best;
  const double last = bins.back().last;
  const auto scales = grid(1e-6 * last, 10 * last, kGrid);
  best.better("logarithm",
              smallest_error(
                  [&](double shift, double) {
                    return misfit(bins, column(bins, [&](double s) { return std::log(s + shift); }), nullptr);
                  },
                  scales, {1.0}),
              3);
  best.better("power law",
              smallest_error(
                  [&](double shift, double beta) {
                    return misfit(bins, column(bins, [&](double s) { return std::pow(s + shift, -beta); }), nullptr);
                  },
                  scales, grid(0.05, 2.5, kGrid)),
              4);
  std::map<double, Column> decays;
  const auto decay = [&](double tau) -> const Column& {
    auto& known = decays[tau];
    if (known.empty()) known = column(bins, [&](double s) { return std::exp(-s / tau); });
    return known;
  };
  best.better("two exponentials",
              smallest_error(
                  [&](double fast, double slow) {
                    if (fast >= slow) return std::numeric_limits<double>::infinity();
                    return misfit(bins, decay(fast), &decay(slow));
                  },
                  scales, scales),
              5);
  best.better("stretched exponential",
              smallest_error(
                  [&](double tau, double gamma) {
                    return misfit(bins, column(bins, [&](double s) { return std::exp(-std::pow(s / tau, gamma)); }),
                                  nullptr);
                  },
                  scales, grid(0.1, 1.3, kGrid)),
              4);
  return best;
}

}  // namespace

DrawnCurve check_drawn(const Series& s, const InitialLoss& start) {
  DrawnCurve out;
  if (s.kind != LossKind::cross_entropy || s.evaluation || s.running_mean || !s.restarts.empty() ||
      s.loss.size() < kMinimumPoints || s.step.front() > kLatestStart ||
      (start.start != Start::untrained && start.start != Start::above_bound))
    return out;
  const Windows windows{s.loss, Windows::Spikes::keep};
  const auto bins = make_bins(s, windows);
  if (bins.size() < kFewestBins) return out;
  constexpr double kMostParameters = 5;
  const double least = static_cast<double>(bins.size()) - kMostParameters;
  double weight = 0;
  for (const auto& bin : bins) weight += bin.weight;
  const double error = std::sqrt(static_cast<double>(bins.size()) / weight);
  const double deviation = std::sqrt(2 / least);
  out.resolution = error * std::sqrt(kErrors * deviation);
  out.judged = out.resolution <= kLimit;
  if (!out.judged) return out;
  const auto fit = best_formula(bins);
  out.formula = fit.formula;
  out.chi_square = fit.error / (static_cast<double>(bins.size()) - fit.parameters);
  out.deviation = error * std::sqrt(std::max(0.0, out.chi_square - 1));
  out.drawn = out.chi_square <= 1 + kErrors * deviation;
  return out;
}

}  // namespace pedigree::training_log
