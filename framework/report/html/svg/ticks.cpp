// SPDX-License-Identifier: MIT
#include "framework/report/html/svg/ticks.hpp"

#include <algorithm>
#include <cmath>

#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {

double nice_step(double span, int wanted) {
  if (!(span > 0) || !std::isfinite(span)) return 1;
  const double raw = span / std::max(1, wanted), power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double nice : {1.0, 2.0, 5.0})
    if (raw <= nice * power * 1.001) return nice * power;
  return 10 * power;
}

std::string tick_name(double value, double step) {
  if (std::abs(value) < step / 2) return "0";
  if (std::abs(value) >= 1e4) return short_number(value);
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  return fixed(value, decimals);
}

}  // namespace pedigree::report::html
