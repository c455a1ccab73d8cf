// SPDX-License-Identifier: MIT
#include "plugins/behavior/statistics/palimpsest.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace pedigree::behavior {

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && values[order[j]] == values[order[i]]) ++j;
    const double shared = 0.5 * static_cast<double>(i + j - 1);
    for (std::size_t k = i; k < j; ++k) result[order[k]] = shared;
    i = j;
  }
  return result;
}

double spearman(const std::vector<double>& x, const std::vector<double>& y) {
  const auto a = ranks(x), b = ranks(y);
  const double mean = 0.5 * (static_cast<double>(a.size()) - 1);
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean) * (a[i] - mean);
    bb += (b[i] - mean) * (b[i] - mean);
    ab += (a[i] - mean) * (b[i] - mean);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0.0;
}

double log10_normal_tail(double z) {
  if (z < 30) return std::log10(0.5 * std::erfc(z / std::numbers::sqrt2));
  // Mills' ratio: the tail is below phi(z) / z, and within 1/z^2 of it.
  return (-0.5 * z * z - std::log(z * std::sqrt(2 * std::numbers::pi))) / std::numbers::ln10;
}

OrderTest order_test(const std::vector<double>& position, const std::vector<double>& loss_difference) {
  OrderTest test;
  test.texts = position.size();
  if (test.texts < 100 || position.size() != loss_difference.size()) return test;
  test.correlation = spearman(position, loss_difference);
  test.log10_p = std::min(0.0, log10_normal_tail(-test.correlation * std::sqrt(static_cast<double>(test.texts) - 1)));
  return test;
}

}  // namespace pedigree::behavior
